import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDecision } from './apply.ts';
import { ENGINES, checkPreflight, checkResponse, simulateRequest, type ReceivedResponse } from './browser/index.ts';
import { decide } from './decide.ts';
import type { CorsRequest, Decision } from './decision.ts';
import { explainDecision } from './explain.ts';
import type { PolicyOptions } from './options.ts';
import { createPolicy, definePolicy, type Policy } from './policy.ts';

const ORIGINS = [
  'https://a.test',
  'https://x.a.test',
  'https://pr-1.b.test',
  'http://localhost:3000',
  'https://evil.test',
];
const METHODS = ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'patch', 'OPTIONS', 'QUERY'];
const HEADERS = ['x-a', 'x-b', 'authorization', 'content-type', 'accept'];

const grant = {
  credentials: fc.boolean(),
  methods: fc.oneof(fc.constant('*' as const), fc.subarray(['PUT', 'DELETE', 'PATCH', 'QUERY'])),
  headers: fc.oneof(
    fc.constant('*' as const),
    fc.constant(['*', 'authorization']),
    fc.subarray(['x-a', 'authorization', 'content-type']),
  ),
  expose: fc.oneof(fc.constant('*' as const), fc.subarray(['x-r', 'x-s'])),
  maxAge: fc.constantFrom(false as const, 5, 600),
};

const entries = fc.subarray(
  ['https://a.test', 'https://*.a.test', 'https://pr-*.b.test', 'http://localhost:*', { regex: 'https://c\\d\\.test' }],
  { minLength: 1 },
);

const optionsArbitrary = fc
  .record(
    {
      ...grant,
      origins: fc.oneof(fc.constant('*'), entries),
      groups: fc.array(fc.record({ ...grant, origins: entries }, { requiredKeys: ['origins'] }), { maxLength: 2 }),
      enforce: fc.boolean(),
    },
    { requiredKeys: ['origins'] },
  )
  .filter((options) => 'policy' in createPolicy(options as PolicyOptions))
  .map((options) => options as PolicyOptions);

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...ORIGINS, 'null', '*', ''));
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

const requestArbitrary: fc.Arbitrary<CorsRequest> = fc.record({
  method: fc.constantFrom(...METHODS, 'OPTIONS', ''),
  origin: maybe(anyText),
  originCount: fc.constantFrom(1, 1, 2),
  requestMethod: maybe(fc.oneof(fc.constantFrom(...METHODS), fc.string())),
  requestHeaders: maybe(
    fc.oneof(
      fc.subarray(HEADERS).map((names) => names.join(',')),
      fc.string(),
    ),
  ),
  sameOrigin: fc.boolean(),
  websocket: fc.boolean(),
});

function header(decision: Decision, name: string): string | undefined {
  return decision.headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

function answer(decision: Decision): ReceivedResponse {
  return { status: decision.status ?? 200, headers: applyDecision(decision, []) };
}

describe('decide, for any policy and any request', () => {
  it('never throws, and grants nothing but to the origin that asks or to all', () => {
    fc.assert(
      fc.property(optionsArbitrary, requestArbitrary, (options, request) => {
        const policy = definePolicy(options);
        const decision = decide(policy, request);
        const allowed = header(decision, 'access-control-allow-origin');
        if (allowed !== undefined && allowed !== '*') expect(allowed).toBe(request.origin);
        if (allowed === '*') expect(header(decision, 'access-control-allow-credentials')).toBeUndefined();
        if (!decision.allowed) expect(decision.headers).toEqual([]);
        if (decision.kind === 'preflight') expect(decision.status).toBe(decision.allowed ? 204 : 403);
        expect(explainDecision(decision, policy).length > 0).toBe(!decision.allowed && decision.kind !== 'passed');
        const names = decision.headers.map(([name]) => name);
        expect(new Set(names).size).toBe(names.length);
        for (const [, value] of decision.headers) expect(value).toMatch(/^[\u0021-\u007e]+$/);
      }),
      { numRuns: 1500 },
    );
  });

  it('is of one mind with the browser: what it allows can be read, what it refuses can not', () => {
    const page = fc.record({
      pageOrigin: fc.constantFrom(...ORIGINS, 'https://c1.test', 'null'),
      method: fc.constantFrom(...METHODS),
      headers: fc.subarray(HEADERS).map((names) => names.map((name) => [name, 'application/json'] as const)),
    });
    fc.assert(
      fc.property(optionsArbitrary, page, fc.constantFrom(...Object.values(ENGINES)), (options, request, engine) => {
        const policy = definePolicy({ ...options, enforce: false });
        const wanted = { ...request, url: 'https://api.test/', credentials: 'omit' as const };
        let decision: Decision | undefined;
        const ask = (parts: Partial<CorsRequest>): Decision =>
          decide(policy, { ...blank, method: request.method, origin: request.pageOrigin, ...parts });
        const simulation = simulateRequest(
          wanted,
          {
            preflight: (need) => {
              decision = ask({
                method: 'OPTIONS',
                requestMethod: need.requestMethod,
                requestHeaders: need.requestHeaders.join(',') || undefined,
              });
              return answer(decision);
            },
            response: () => {
              decision = ask({});
              return answer(decision);
            },
          },
          engine,
        );
        expect(simulation.outcome === 'readable').toBe(decision?.allowed);
      }),
      { numRuns: 1500 },
    );
  });

  it('explains refusals without granting anything', () => {
    fc.assert(
      fc.property(optionsArbitrary, requestArbitrary, fc.constantFrom('omit', 'include'), (options, request, mode) => {
        const plain = decide(definePolicy(options), request);
        const explained = decide(definePolicy({ ...options, explain: true }), request);
        expect(explained.allowed).toBe(plain.allowed);
        expect(explained.vary).toEqual(plain.vary);
        if (plain.allowed) return;
        const asked = { origin: request.origin ?? '', credentials: mode as 'omit' | 'include' };
        const names = (request.requestHeaders ?? '').split(',').filter((name) => name !== '');
        const preflight = { ...asked, method: request.requestMethod ?? '', headers: names };
        for (const engine of Object.values(ENGINES)) {
          const verdict =
            plain.kind === 'preflight'
              ? checkPreflight(answer(explained), preflight, engine)
              : checkResponse(answer(explained), asked, engine);
          expect(verdict.passed, JSON.stringify(explained)).toBe(false);
        }
      }),
      { numRuns: 1500 },
    );
  });
});

const blank: CorsRequest = {
  method: 'GET',
  origin: undefined,
  requestMethod: undefined,
  requestHeaders: undefined,
  sameOrigin: false,
};

function duration(run: () => void): number {
  const runs = Array.from({ length: 5 }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return Math.min(...runs);
}

function ask(policy: Policy, requestHeaders: string): Decision {
  return decide(policy, {
    ...blank,
    method: 'OPTIONS',
    origin: 'https://a.test',
    requestMethod: 'PUT',
    requestHeaders,
  });
}

describe('the cost of decide', () => {
  const policy = definePolicy({ origins: 'https://a.test', methods: '*', headers: '*', credentials: true });

  it.each([',', ', ', 'x', 'a,', ' ', '\t,', 'x-a,x-b,', '\u00e9'])('is bounded on a hostile list of %j', (unit) => {
    const hostile = unit.repeat(1_000_000);
    expect(duration(() => ask(policy, hostile))).toBeLessThan(50);
    expect(duration(() => ask(policy, hostile.slice(0, 8192)))).toBeLessThan(20);
  });

  it('does not grow with the number of origins', () => {
    const make = (count: number): Policy =>
      definePolicy({
        origins: Array.from({ length: count }, (_, i) => `https://t${i}.example.com`),
        credentials: true,
      });
    const measure = (set: Policy, count: number): number =>
      duration(() => {
        for (let i = 0; i < 20_000; i++) decide(set, { ...blank, origin: `https://t${i % count}.example.com` });
      });
    const one = measure(make(1), 1);
    // Ten thousand strings don't fit into the processor's caches as one does; a scan would take thousands of times as long.
    expect(measure(make(10_000), 10_000)).toBeLessThan(one * 10 + 20);
  });

  it('does not grow with the number of subdomain wildcards', () => {
    const origins = Array.from({ length: 2000 }, (_, i) => `https://*.t${i}.example.com`);
    const set = definePolicy({ origins });
    const time = duration(() => {
      for (let i = 0; i < 2000; i++) decide(set, { ...blank, origin: `https://x${Math.random()}.t${i}.example.com` });
    });
    expect(time).toBeLessThan(100);
  });

  it('allocates no new decision for what it has decided before', () => {
    const set = definePolicy({ origins: ['https://a.test', 'https://*.b.test'], enforce: true });
    for (const origin of ['https://a.test', 'https://x.b.test', 'https://evil.test', undefined]) {
      expect(decide(set, { ...blank, origin })).toBe(decide(set, { ...blank, origin: origin && `${origin}` }));
    }
  });

  it('remembers no more than it should', () => {
    const set = definePolicy({ origins: 'https://*.b.test' });
    const first = decide(set, { ...blank, origin: 'https://x.b.test' });
    for (let i = 0; i < 3000; i++) decide(set, { ...blank, origin: `https://x${i}.b.test` });
    expect(decide(set, { ...blank, origin: 'https://x.b.test' })).not.toBe(first);
    expect(decide(set, { ...blank, origin: 'https://x.b.test' })).toEqual(first);
  });
});
