import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { applyDecision } from './apply.ts';
import { decide } from './decide.ts';
import type { HeaderLine } from './decision.ts';
import type { PolicyOptions } from './options.ts';
import { createPolicy, definePolicy, type Policy } from './policy.ts';

/** The format is described in test/conformance/cors-vectors.md. */
interface Vectors {
  readonly policies: Readonly<Record<string, PolicyOptions>>;
  readonly vectors: readonly Vector[];
}

interface Vector {
  readonly id: number;
  readonly level: 'S' | 'D';
  readonly title: string;
  readonly policy: string;
  readonly steps: readonly (ExchangeStep | ReloadStep)[];
}

interface ExchangeStep {
  readonly request: { readonly method: string; readonly headers: readonly (readonly [string, VectorText])[] };
  readonly upstream?: VectorResponse;
  readonly gateway?: string;
  readonly policy?: string;
  readonly options?: Partial<PolicyOptions>;
  readonly repeat?: number;
  readonly expect: Expectation;
}

interface ReloadStep {
  readonly reload: string;
  readonly expect: { readonly accepted: boolean };
}

type VectorText = string | { readonly text: string; readonly times: number };

interface VectorResponse {
  readonly status: number;
  readonly headers: readonly HeaderLine[];
}

interface Expectation {
  readonly status?: number | readonly number[];
  readonly statusNot?: readonly number[];
  readonly forwarded?: boolean;
  readonly noCors?: boolean;
  readonly withinMs?: number;
  readonly headers?: Readonly<Record<string, HeaderExpectation>>;
}

interface HeaderExpectation {
  readonly equals?: string;
  readonly absent?: boolean;
  readonly includes?: readonly string[];
  readonly includesAny?: readonly string[];
  readonly excludes?: readonly string[];
  readonly once?: readonly string[];
}

const FILE = new URL('../../test/conformance/cors-vectors.json', import.meta.url);
const { policies, vectors } = JSON.parse(readFileSync(FILE, 'utf8')) as Vectors;

/** What only a gateway can show of a vector that is run here as far as it goes. */
const GATEWAY_ONLY: Readonly<Record<number, string>> = {
  8: 'that a 204 has no body and no Content-Length',
  9: 'that authentication comes after CORS',
  10: "that a preflight isn't matched by its own method",
  27: 'a cache between',
  57: 'a request in flight during the reload',
};

const SELF = 'https://gateway.test';

const GATEWAY_STATUS: Readonly<Record<string, number>> = {
  unauthorized: 401,
  forbidden: 403,
  'no-route': 404,
  'body-too-large': 413,
  'rate-limited': 429,
  'internal-error': 500,
  'upstream-down': 502,
  'upstream-timeout': 504,
};

function text(value: VectorText): string {
  return (typeof value === 'string' ? value : value.text.repeat(value.times)).replace('{self}', SELF);
}

/** The smallest gateway: what stands between the core and the wire, without either. */
function exchange(policy: Policy, step: ExchangeStep): VectorResponse & { forwarded: boolean } {
  const lines = step.request.headers.map(([name, value]) => [name.toLowerCase(), text(value)] as const);
  const all = (name: string): string[] => lines.filter(([key]) => key === name).map(([, value]) => value);
  const joined = (name: string): string | undefined => (all(name).length === 0 ? undefined : all(name).join(','));
  const origins = all('origin');
  const decision = decide(policy, {
    method: step.request.method,
    origin: origins[0],
    originCount: origins.length,
    requestMethod: joined('access-control-request-method'),
    requestHeaders: joined('access-control-request-headers'),
    sameOrigin: origins[0] === SELF,
    websocket: all('upgrade').includes('websocket'),
  });
  const answers = decision.kind === 'preflight' || decision.refuse;
  const upstream = step.upstream ?? { status: 200, headers: [['Content-Type', 'text/plain']] };
  const own = step.gateway === undefined ? undefined : GATEWAY_STATUS[step.gateway];
  const status = answers ? decision.status : (own ?? upstream.status);
  const headers = applyDecision(decision, answers || own !== undefined ? [] : upstream.headers);
  return { status: status ?? 0, headers, forwarded: !answers && own === undefined };
}

function check(response: VectorResponse & { forwarded: boolean }, expected: Expectation): void {
  if (expected.status !== undefined) expect([expected.status].flat()).toContain(response.status);
  if (expected.statusNot !== undefined) expect(expected.statusNot).not.toContain(response.status);
  if (expected.forwarded !== undefined) expect(response.forwarded).toBe(expected.forwarded);
  if (expected.noCors === true) {
    expect(response.headers.filter(([name]) => name.toLowerCase().startsWith('access-control-'))).toEqual([]);
  }
  for (const [name, wanted] of Object.entries(expected.headers ?? {})) {
    const values = response.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
    checkHeader(name, values, wanted);
  }
}

function checkHeader(name: string, values: readonly string[], wanted: HeaderExpectation): void {
  const fold = (item: string): string => (name === 'access-control-allow-methods' ? item : item.toLowerCase());
  const items = values.flatMap((value) => value.split(',')).map((item) => fold(item.trim()));
  if (wanted.absent === true) expect(values, name).toEqual([]);
  if (wanted.equals !== undefined) expect(values, name).toEqual([wanted.equals]);
  for (const item of wanted.includes ?? []) expect(items, name).toContain(fold(item));
  for (const item of wanted.excludes ?? []) expect(items, name).not.toContain(fold(item));
  for (const item of wanted.once ?? [])
    expect(
      items.filter((other) => other === fold(item)),
      name,
    ).toHaveLength(1);
  if (wanted.includesAny !== undefined)
    expect(
      wanted.includesAny.some((item) => items.includes(fold(item))),
      name,
    ).toBe(true);
}

function run(vector: Vector): void {
  let current = vector.policy;
  for (const step of vector.steps) {
    if ('reload' in step) {
      const accepted = 'policy' in createPolicy(policies[step.reload] ?? {});
      expect(accepted).toBe(step.expect.accepted);
      if (accepted) current = step.reload;
      continue;
    }
    const policy = definePolicy({ ...policies[step.policy ?? current], ...step.options });
    for (let i = 0; i < (step.repeat ?? 1); i++) {
      const start = performance.now();
      check(exchange(policy, step), step.expect);
      if (step.expect.withinMs !== undefined) expect(performance.now() - start).toBeLessThan(step.expect.withinMs);
    }
  }
}

describe('the conformance vectors hold in the pure core', () => {
  it('are 57, numbered without gaps', () => {
    expect(vectors.map(({ id }) => id)).toEqual(Array.from({ length: 57 }, (_, i) => i + 1));
  });

  for (const vector of vectors) {
    const rest = GATEWAY_ONLY[vector.id];
    it(`${vector.id} (${vector.level}) ${vector.title}${rest === undefined ? '' : ` [not here: ${rest}]`}`, () =>
      run(vector));
  }
});
