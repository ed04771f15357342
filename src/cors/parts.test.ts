import { describe, expect, it } from 'vitest';
import { applyDecision, mergeVary } from './apply.ts';
import { compareDecisions } from './compare.ts';
import { decide } from './decide.ts';
import type { CorsRequest, Decision } from './decision.ts';
import { exposeNames } from './expose.ts';
import { Lru } from './lru.ts';
import { definePolicy, type Policy } from './policy.ts';

const A = 'https://a.test';
const blank: CorsRequest = {
  method: 'GET',
  origin: A,
  requestMethod: undefined,
  requestHeaders: undefined,
  sameOrigin: false,
};
const ask = (policy: Policy, parts: Partial<CorsRequest> = {}): Decision => decide(policy, { ...blank, ...parts });
const header = (decision: Decision, name: string): string | undefined =>
  decision.headers.find(([key]) => key.toLowerCase() === name)?.[1];

describe('groups of origins', () => {
  const policy = definePolicy({
    groups: [
      { origins: ['https://trusted.test', 'https://*.trusted.test'], credentials: true, methods: ['DELETE'] },
      { origins: 'https://partner.test', expose: ['x-partner'] },
    ],
    origins: '*',
    methods: ['PUT'],
    maxAge: 60,
  });

  it('have grants of their own over those of the policy', () => {
    const trusted = ask(policy, { method: 'OPTIONS', origin: 'https://x.trusted.test', requestMethod: 'DELETE' });
    expect(trusted.allowed).toBe(true);
    expect(header(trusted, 'access-control-allow-credentials')).toBe('true');
    expect(header(trusted, 'access-control-allow-methods')).toBe('DELETE');
    expect(header(trusted, 'access-control-max-age')).toBe('60');
    expect(header(ask(policy, { origin: 'https://partner.test' }), 'access-control-expose-headers')).toBe('x-partner');
    expect(header(ask(policy, { origin: 'https://partner.test' }), 'access-control-allow-credentials')).toBeUndefined();
  });

  it('make the answer for everybody else vary too', () => {
    for (const origin of ['https://other.test', undefined]) {
      const decision = ask(policy, { origin });
      expect(header(decision, 'access-control-allow-origin')).toBe('*');
      expect(decision.vary).toEqual(['Origin']);
    }
  });
});

describe('what is not a cross-origin page', () => {
  const policy = definePolicy({ origins: A, enforce: true });

  it('is let through, by policy', () => {
    expect(ask(policy, { origin: undefined })).toMatchObject({ kind: 'no-origin', allowed: true, refuse: false });
    expect(ask(policy, { origin: 'https://own.test', sameOrigin: true })).toMatchObject({
      kind: 'same-origin',
      allowed: true,
      refuse: false,
    });
    expect(ask(policy, { origin: 'https://evil.test' })).toMatchObject({ refuse: true, status: 403 });
  });

  it.each([
    [A, false, false],
    ['https://own.test', true, false],
    [undefined, false, false],
    ['https://evil.test', false, true],
    [`${A}, ${A}`, false, true],
  ])('opens a WebSocket from %s (own: %s): refused %s', (origin, sameOrigin, refuse) => {
    const decision = ask(definePolicy({ origins: A }), { origin, sameOrigin, websocket: true });
    expect(decision).toMatchObject({ kind: 'websocket', refuse, allowed: !refuse, headers: [] });
  });
});

describe('upstream: pass', () => {
  it('decides nothing', () => {
    const policy = definePolicy({ upstream: 'pass' });
    const decision = ask(policy, { method: 'OPTIONS', requestMethod: 'PUT' });
    expect(decision).toMatchObject({ kind: 'passed', allowed: true, headers: [], vary: [] });
    const lines = [['Access-Control-Allow-Origin', '*']] as const;
    expect(applyDecision(decision, lines)).toEqual(lines);
  });
});

describe('dangerouslyAllowNullOrigin', () => {
  it('grants to `null` what is listed for it', () => {
    const policy = definePolicy({ origins: [A, 'null'], dangerouslyAllowNullOrigin: true });
    expect(header(ask(policy, { origin: 'null' }), 'access-control-allow-origin')).toBe('null');
  });
});

describe('exposeNames', () => {
  it('names headers only where `*` would mean nothing', () => {
    const names = ['X-B', 'x-a', 'X-b', 'Content-Type', 'Set-Cookie', 'Access-Control-Max-Age'];
    expect(exposeNames(ask(definePolicy({ origins: A, credentials: true, expose: '*' })), names)).toBe('x-a,x-b');
    const anonymous = ask(definePolicy({ origins: A, expose: '*' }));
    expect(exposeNames(anonymous, names)).toBeUndefined();
    expect(header(anonymous, 'access-control-expose-headers')).toBe('*');
    expect(exposeNames(ask(definePolicy({ origins: A, credentials: true, expose: '*' })), [])).toBeUndefined();
  });
});

describe('mergeVary', () => {
  it.each([
    [[], [], undefined],
    [['Accept'], ['Origin'], 'Accept, Origin'],
    [['Accept', 'origin, x-a'], ['Origin'], 'Accept, origin, x-a'],
    [['Accept, *'], ['Origin'], '*'],
    [[''], ['Origin'], 'Origin'],
  ])('of %j and %j is %s', (lines, names, merged) => expect(mergeVary(lines, names)).toBe(merged));
});

describe('compareDecisions', () => {
  const enforced = definePolicy({ origins: A, credentials: true });

  it('is silent where a client could not tell', () => {
    expect(compareDecisions(ask(enforced), ask(enforced))).toEqual([]);
    expect(
      compareDecisions(ask(enforced), ask(definePolicy({ origins: 'https://*.test', credentials: true }))),
    ).toEqual([]);
  });

  it('says where a shadow policy would answer otherwise', () => {
    const shadow = definePolicy({ origins: ['https://b.test'], enforce: true });
    expect(compareDecisions(ask(enforced), ask(shadow)).map(({ field }) => field)).toEqual([
      'allowed',
      'reason',
      'refuse',
      'status',
      'header:access-control-allow-origin',
      'header:access-control-allow-credentials',
    ]);
  });
});

describe('Lru', () => {
  it('forgets what was used least recently', () => {
    const lru = new Lru<number>(2);
    lru.set('a', 1);
    lru.set('b', 2);
    lru.get('a');
    lru.set('c', 3);
    expect([lru.get('a'), lru.get('b'), lru.get('c'), lru.size]).toEqual([1, undefined, 3, 2]);
  });
});
