import { describe, expect, it } from 'vitest';
import type { CorsRequest, Decision } from './decision.ts';
import { decide } from './decide.ts';
import { definePolicy } from './policy.ts';

const A = 'https://a.test';
const EVIL = 'https://evil.test';

const policy = definePolicy({
  origins: [A, 'https://b.test'],
  credentials: true,
  methods: ['PUT'],
  headers: ['authorization', 'x-a'],
  expose: ['x-r'],
  maxAge: 600,
});

function request(parts: Partial<CorsRequest>): CorsRequest {
  return {
    method: 'GET',
    origin: undefined,
    requestMethod: undefined,
    requestHeaders: undefined,
    sameOrigin: false,
    ...parts,
  };
}

function header(decision: Decision, name: string): string | undefined {
  return decision.headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

describe('decide', () => {
  it('answers a preflight of an allowed origin', () => {
    const decision = decide(
      policy,
      request({ method: 'OPTIONS', origin: A, requestMethod: 'PUT', requestHeaders: 'x-a' }),
    );
    expect(decision).toMatchObject({ kind: 'preflight', allowed: true, status: 204 });
    expect(decision.headers).toEqual([
      ['Access-Control-Allow-Origin', A],
      ['Access-Control-Allow-Credentials', 'true'],
      ['Access-Control-Allow-Methods', 'PUT'],
      ['Access-Control-Allow-Headers', 'authorization,x-a'],
      ['Access-Control-Max-Age', '600'],
    ]);
  });

  it('lets an allowed origin read a response', () => {
    const decision = decide(policy, request({ origin: A }));
    expect(header(decision, 'access-control-allow-origin')).toBe(A);
    expect(decision.vary).toEqual(['Origin']);
  });

  it('withholds every line from a foreign origin', () => {
    const decision = decide(policy, request({ origin: EVIL }));
    expect(decision).toMatchObject({
      allowed: false,
      reason: 'origin-not-allowed',
      headers: [],
      refuse: false,
    });
  });
});
