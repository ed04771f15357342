import { describe, expect, it } from 'vitest';
import { OPTIONS, REFUSALS, type Refusal } from '../../test/fixtures/cors-examples.ts';
import { corsCatalogue, type CorsCode } from '../diagnostics/catalogue/cors.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { decide } from './decide.ts';
import { explainDecision } from './explain.ts';
import type { PolicyOptions } from './options.ts';
import { createPolicy, definePolicy } from './policy.ts';

function validate(options: unknown): readonly Diagnostic[] {
  const result = createPolicy(options as PolicyOptions, { path: ['cors', 'p'] });
  return 'problems' in result ? result.problems : result.warnings;
}

function explain({ options, origin, method = 'GET', headers }: Refusal): readonly Diagnostic[] {
  const policy = definePolicy(options);
  const request = { method: 'OPTIONS', origin, requestMethod: method, requestHeaders: headers, sameOrigin: false };
  return explainDecision(decide(policy, request), policy);
}

function hasProse(found: Diagnostic): void {
  const entry = corsCatalogue[found.code as CorsCode];
  for (const text of [entry.message(found.data), entry.mend(found.data)]) {
    expect(text).toMatch(/[.?]$/);
    expect(text).not.toContain('undefined');
  }
}

describe('the CORS catalogue', () => {
  it('has an example for every code, and no code without one', () => {
    expect([...Object.keys(OPTIONS), ...Object.keys(REFUSALS)].toSorted()).toEqual(
      Object.keys(corsCatalogue).toSorted(),
    );
  });

  it.each(Object.entries(OPTIONS))('%s is reported where it belongs', (code, options) => {
    const found = validate(options).find((diagnostic) => diagnostic.code === code);
    expect(found, JSON.stringify(validate(options))).toBeDefined();
    expect(found?.path?.slice(0, 2)).toEqual(['cors', 'p']);
    if (found !== undefined) hasProse(found);
  });

  it.each(Object.entries(REFUSALS))('%s explains a refusal', (code, refusal) => {
    const found = explain(refusal).find((diagnostic) => diagnostic.code === code);
    expect(found, JSON.stringify(explain(refusal))).toBeDefined();
    if (found !== undefined) hasProse(found);
  });
});
