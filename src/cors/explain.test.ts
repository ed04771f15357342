import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import type { CorsRequest } from './decision.ts';
import { explainDecision } from './explain.ts';
import { nearestRule } from './nearest.ts';
import type { OriginRule } from './origin-rule.ts';
import type { PolicyOptions } from './options.ts';
import { definePolicy } from './policy.ts';

const A = 'https://a.test';
const blank: CorsRequest = {
  method: 'GET',
  origin: A,
  requestMethod: undefined,
  requestHeaders: undefined,
  sameOrigin: false,
};

describe('explainDecision', () => {
  const policy = definePolicy({
    groups: [{ origins: 'https://b.test', headers: ['x-b'] }],
    origins: [A],
    methods: ['PUT'],
    headers: ['x-a'],
  });

  it('says nothing of what is allowed', () => {
    expect(explainDecision(decide(policy, blank), policy)).toEqual([]);
    expect(explainDecision(decide(policy, { ...blank, origin: undefined }), policy)).toEqual([]);
  });

  it('writes the line that is missing, and where', () => {
    const preflight = { ...blank, method: 'OPTIONS', requestMethod: 'PUT', requestHeaders: 'x-z,x-a' };
    expect(explainDecision(decide(policy, preflight), policy)).toEqual([
      {
        code: 'cors-refused-headers',
        severity: 'error',
        data: { headers: ['x-z'], allowed: ['x-a'], line: 'headers: [x-a, x-z]' },
        path: ['headers'],
      },
    ]);
    const other = { ...preflight, origin: 'https://b.test', requestHeaders: 'x-z' };
    expect(explainDecision(decide(policy, other), policy)[0]).toMatchObject({
      data: { line: 'headers: [x-b, x-z]' },
      path: ['groups', 0, 'headers'],
    });
    const method = { ...preflight, requestMethod: 'DELETE' };
    expect(explainDecision(decide(policy, method), policy)[0]).toMatchObject({
      code: 'cors-refused-method',
      data: { method: 'DELETE', allowed: ['GET', 'HEAD', 'POST', 'PUT'], line: 'methods: [PUT, DELETE]' },
      path: ['methods'],
    });
  });
});

describe('nearestRule', () => {
  const near = (origins: PolicyOptions['origins'], origin: string): string | undefined => {
    const found = nearestRule(definePolicy(origins === undefined ? {} : { origins }).rules, origin);
    return found === undefined ? undefined : `${found.miss} ${found.rule.text}`;
  };

  it.each([
    [['https://b.test', A], 'https://a.test/path', `form ${A}`],
    [['https://b.test', A], 'HTTPS://A.TEST', `form ${A}`],
    [['https://b.test', A], 'https://a.test:443', `form ${A}`],
    [['https://b.test', A], 'https://a.test:8443', `port ${A}`],
    [['http://localhost:5173'], 'http://localhost:5174', 'port http://localhost:5173'],
    [['https://b.test', A], 'http://a.test', `scheme ${A}`],
    [['http://localhost:5173'], 'http://[::1]:5173', 'loopback http://localhost:5173'],
    [['https://www.a.test'], A, 'www https://www.a.test'],
    [['https://*.a.test'], A, 'apex https://*.a.test'],
    [['https://*.a.test:8443'], 'https://x.a.test', 'port https://*.a.test:8443'],
    [['https://pr-*.a.test'], 'http://pr-1.a.test', 'scheme https://pr-*.a.test'],
    [[A], 'https://x.y.a.test', `subdomain ${A}`],
    [['https://b.test', 'https://example.com'], 'https://examples.com', 'similar https://example.com'],
    [['https://b.test', A], 'https://other.example', 'other https://b.test'],
    [['https://b.test', A], 'junk', 'other https://b.test'],
    [[{ regex: 'https://a\\d\\.test' }], 'http://a1.test', 'scheme https://a\\d\\.test'],
  ])('of %j to %s is %s', (origins, origin, expected) => expect(near(origins, origin)).toBe(expected));
});

describe('nearestRule, asked by a stranger', () => {
  it('looks at the end of a name of many labels only', () => {
    let looks = 0;
    const counted = { get: (rule: OriginRule, key: keyof OriginRule): unknown => ++looks && rule[key] };
    const rules = definePolicy({ origins: [A] }).rules.map((rule) => new Proxy<OriginRule>(rule, counted as never));
    expect(nearestRule(rules, `https://${'x.'.repeat(100)}a.test`)).toMatchObject({ miss: 'subdomain' });
    expect(looks).toBeLessThan(200);
  });
});

describe('explain: true', () => {
  const policy = definePolicy({
    origins: ['https://b.test', A],
    methods: ['PATCH'],
    headers: ['x-a'],
    maxAge: 600,
    explain: true,
  });
  const preflight = { ...blank, method: 'OPTIONS', requestMethod: 'PATCH' };
  const lines = (request: CorsRequest): Record<string, string> => Object.fromEntries(decide(policy, request).headers);

  it('shows a foreign origin the nearest one that is allowed', () => {
    expect(lines({ ...blank, origin: 'https://a.test:8443' })).toEqual({ 'Access-Control-Allow-Origin': A });
    expect(decide(policy, { ...preflight, origin: 'http://a.test' })).toMatchObject({
      status: 204,
      allowed: false,
      reason: 'origin-not-allowed',
      headers: [['Access-Control-Allow-Origin', A]],
    });
  });

  it('shows the methods and headers that are allowed, and lets nobody remember them', () => {
    const granted = {
      'Access-Control-Allow-Origin': A,
      'Access-Control-Allow-Methods': 'PATCH',
      'Access-Control-Allow-Headers': 'x-a',
    };
    expect(lines({ ...preflight, requestMethod: 'patch' })).toEqual(granted);
    expect(lines({ ...preflight, requestHeaders: 'x-a,x-z' })).toEqual(granted);
  });

  it('has nothing to show for what no browser sends', () => {
    expect(decide(policy, { ...preflight, requestMethod: 'A B' })).toMatchObject({ status: 403, headers: [] });
    expect(decide(policy, { ...preflight, originCount: 2 })).toMatchObject({ status: 403, headers: [] });
  });
});
