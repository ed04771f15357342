import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import { exposeMore } from './expose.ts';
import { definePolicy } from './policy.ts';
import type { PolicyOptions } from './options.ts';

const ORIGIN = 'https://app.example.com';

/** What a page of this origin may read beside what every page may. */
function exposed(options: PolicyOptions, names: readonly string[], origin = ORIGIN): string | undefined {
  const decision = decide(definePolicy(options), {
    method: 'GET',
    origin,
    requestMethod: undefined,
    requestHeaders: undefined,
    sameOrigin: false,
  });
  return exposeMore(decision.headers, names).find(([name]) => name === 'Access-Control-Expose-Headers')?.[1];
}

describe("names that are exposed beside the policy's own", () => {
  it.each([
    [{ origins: ORIGIN }, 'retry-after,www-authenticate'],
    [{ origins: ORIGIN, expose: ['x-id', 'retry-after'] }, 'retry-after,www-authenticate,x-id'],
    [{ origins: ORIGIN, expose: '*' }, '*'],
    [{ origins: '*' }, 'retry-after,www-authenticate'],
  ] satisfies [PolicyOptions, string][])('%j: %s', (options, value) => {
    expect(exposed(options, ['www-authenticate', 'retry-after', 'www-authenticate'])).toBe(value);
  });

  it("are nobody's whom the policy doesn't let in", () => {
    expect(exposed({ origins: ORIGIN }, ['www-authenticate'], 'https://evil.example')).toBeUndefined();
  });

  it('change nothing where there are none', () => {
    expect(exposed({ origins: ORIGIN }, [])).toBeUndefined();
    expect(exposed({ origins: ORIGIN, expose: 'x-id' }, [])).toBe('x-id');
  });
});
