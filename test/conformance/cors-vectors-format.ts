import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { PolicyOptions } from '../../src/cors/index.ts';

/** `cors-vectors.json`, as cors-vectors.md describes it. */
export interface Vectors {
  readonly policies: Readonly<Record<string, PolicyOptions>>;
  readonly vectors: readonly Vector[];
}

export interface Vector {
  readonly id: number;
  readonly level: 'S' | 'D';
  readonly title: string;
  readonly policy: string;
  readonly steps: readonly (ExchangeStep | ReloadStep)[];
}

export interface ExchangeStep {
  readonly request: { readonly method: string; readonly headers: readonly (readonly [string, VectorText])[] };
  readonly upstream?: { readonly status: number; readonly headers: readonly (readonly [string, string])[] };
  readonly gateway?: string;
  readonly route?: { readonly auth?: boolean; readonly methods?: readonly string[] };
  readonly policy?: string;
  readonly options?: Partial<PolicyOptions>;
  readonly repeat?: number;
  readonly expect: Expectation;
}

export interface ReloadStep {
  readonly reload: string;
  readonly expect: { readonly accepted: boolean };
}

export type VectorText = string | { readonly text: string; readonly times: number };

export interface Expectation {
  readonly status?: number | readonly number[];
  readonly statusNot?: readonly number[];
  readonly forwarded?: boolean;
  readonly noCors?: boolean;
  readonly noBody?: boolean;
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

/** What came back, and whether the upstream was asked. */
export interface Observed {
  readonly status: number;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly forwarded: boolean;
}

export function loadVectors(): Vectors {
  return JSON.parse(readFileSync(new URL('cors-vectors.json', import.meta.url), 'utf8')) as Vectors;
}

export function textOf(value: VectorText, self: string): string {
  return (typeof value === 'string' ? value : value.text.repeat(value.times)).replace('{self}', self);
}

/** Holds an observation against all that a step expects; how long it took is left to idle machines. */
export function checkStep(seen: Observed, expected: Expectation): void {
  if (expected.status !== undefined) expect([expected.status].flat()).toContain(seen.status);
  if (expected.statusNot !== undefined) expect(expected.statusNot).not.toContain(seen.status);
  if (expected.forwarded !== undefined) expect(seen.forwarded).toBe(expected.forwarded);
  if (expected.noBody === true) expect(seen.body).toBe('');
  if (expected.noCors === true) {
    expect(seen.fields.filter(([name]) => name.toLowerCase().startsWith('access-control-'))).toEqual([]);
  }
  for (const [name, wanted] of Object.entries(expected.headers ?? {})) {
    const values = seen.fields.filter(([field]) => field.toLowerCase() === name).map(([, value]) => value);
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
  for (const item of wanted.once ?? []) {
    expect([item, items.filter((other) => other === fold(item)).length]).toEqual([item, 1]);
  }
  if (wanted.includesAny !== undefined) {
    expect(wanted.includesAny.filter((item) => items.includes(fold(item))).length, name).toBeGreaterThan(0);
  }
}
