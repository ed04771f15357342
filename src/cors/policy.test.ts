import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyOptions } from './options.ts';
import { PolicyError, createPolicy, definePolicy } from './policy.ts';

function codes(options: PolicyOptions): readonly string[] {
  const result = createPolicy(options);
  return 'problems' in result ? result.problems.map(({ code }) => code) : [];
}

function warnings(options: PolicyOptions): readonly string[] {
  const result = createPolicy(options);
  if ('problems' in result) throw new PolicyError(result.problems);
  return result.warnings.map(({ code }) => code);
}

describe('createPolicy', () => {
  it('accepts what people write', () => {
    const options: PolicyOptions = {
      origins: [
        'https://app.example.com',
        'https://*.example.com',
        'https://my-app-*.vercel.app',
        'http://localhost:*',
        'http://127.0.0.1:3000',
        'http://[::1]:3000',
        'https://xn--bcher-kva.example',
        'https://under_score.example.com',
        'capacitor://localhost',
        'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
        { regex: 'https://pr-\\d+--site\\.netlify\\.app' },
      ],
      methods: ['GET', 'POST', 'PUT', 'DELETE'],
      headers: ['content-type', 'authorization'],
      expose: ['x-request-id'],
      credentials: true,
      maxAge: '2h',
    };
    expect(codes(options)).toEqual([]);
    expect(warnings(options)).toEqual(['cors-open-registration', 'cors-open-registration']);
  });

  it('reports all problems at once, each with its path and value', () => {
    const result = createPolicy(
      { origins: ['https://a.test/', 'null'], methods: ['TRACE'], headers: ['cookie'], maxAge: 100_000 },
      { path: ['cors', 0] },
    );
    expect('problems' in result && result.problems.map(({ code, path, data }) => [code, path, data['value']])).toEqual([
      ['cors-method-forbidden', ['cors', 0, 'methods', 0], 'TRACE'],
      ['cors-header-cookie', ['cors', 0, 'headers', 0], 'cookie'],
      ['cors-max-age-range', ['cors', 0, 'maxAge'], '100000'],
      ['cors-origin-slash', ['cors', 0, 'origins', 0], 'https://a.test/'],
      ['cors-origin-null', ['cors', 0, 'origins', 1], 'null'],
    ]);
  });

  it.each([
    undefined,
    null,
    'x',
    1,
    [],
    { origins: [1] },
    { origins: [null] },
    { origins: 'https://a.test', groups: {} },
  ])('takes %j for wrong instead of throwing', (options) => {
    expect('problems' in createPolicy(options as unknown as PolicyOptions)).toBe(true);
  });

  it('never throws, whatever the options', () => {
    const value = fc.oneof(fc.anything(), fc.string(), fc.array(fc.string()), fc.constantFrom('*', 'https://*.a.test'));
    const keys = ['origins', 'methods', 'headers', 'expose', 'maxAge', 'groups', 'upstream', 'report', 'credentials'];
    const options = fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom(...keys), value));
    fc.assert(
      fc.property(options, (given) => {
        const result = createPolicy(given as PolicyOptions);
        if ('problems' in result) expect(result.problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['https://*'],
    ['https://*.'],
    ['*.example.com'],
    ['https://example.*'],
    ['https://api.*.example.com'],
    ['https://a-*-*.example.com'],
    ['https://**.example.com'],
    ['*://example.com'],
    ['https://*.127.0.0.1'],
    ['https://[::*]'],
    ['https://xn--*.example.com'],
    ['https://a.test:80*'],
    ['https://a.test:8443:*'],
  ])('refuses the pattern %s', (origin) => {
    expect(codes({ origins: [origin] })).toHaveLength(1);
  });

  it('keeps credentials from origins that others can speak for', () => {
    const credentials = true;
    expect(codes({ origins: 'https://*.com', credentials })).toEqual(['cors-public-suffix']);
    expect(codes({ origins: 'https://*.co.uk', credentials })).toEqual(['cors-public-suffix']);
    expect(codes({ origins: 'https://app-*.com', credentials })).toEqual(['cors-public-suffix']);
    expect(codes({ origins: 'http://*.example.com', credentials })).toEqual(['cors-insecure-origin']);
    expect(codes({ origins: 'http://localhost.example.com', credentials })).toEqual(['cors-insecure-origin']);
    for (const origins of ['http://*.localhost:*', 'http://localhost', 'http://127.0.0.2:81', 'http://[::1]']) {
      expect(codes({ origins, credentials }), origins).toEqual([]);
    }
  });

  it('has an escape hatch for each of them', () => {
    expect(codes({ origins: 'https://*.com', credentials: true, dangerouslyAllowPublicSuffix: true })).toEqual([]);
    expect(codes({ origins: 'http://a.test', credentials: true, dangerouslyAllowInsecureOrigins: true })).toEqual([]);
    expect(codes({ origins: 'null', dangerouslyAllowNullOrigin: true })).toEqual([]);
    expect(codes({ origins: { regex: 'https://.*a\\.test' }, dangerouslyAllowLooseRegex: true })).toEqual([]);
  });

  it('refuses groups that can never match', () => {
    const groups = [{ origins: ['https://*.a.test', 'https://b.test'] }];
    for (const origins of ['https://x.a.test', 'https://*.x.a.test', 'https://pr-*.a.test', 'https://b.test']) {
      expect(codes({ groups, origins }), origins).toEqual(['cors-origin-unreachable']);
    }
    expect(codes({ groups: [{ origins: '*' }], origins: 'https://b.test' })).toEqual(['cors-origin-unreachable']);
    expect(codes({ groups, origins: ['https://a.test', 'http://x.a.test', 'https://x.a.test:1'] })).toEqual([]);
    expect(codes({ groups, origins: '*' })).toEqual([]);
  });

  it('takes one name for a list of one', () => {
    const [grant] = definePolicy({ origins: '*', methods: 'PUT', headers: 'X-A', expose: 'x-b' }).groups;
    expect(grant).toMatchObject({ methods: ['PUT'], headers: ['x-a'], expose: ['x-b'] });
    expect(codes({ origins: '*', methods: 'PUT, DELETE' })).toEqual(['cors-method-invalid']);
  });

  it('validates the policy that is only reported', () => {
    expect(codes({ origins: 'https://a.test', report: { origins: 'https://a.test/' } })).toEqual(['cors-origin-slash']);
    expect(codes({ origins: 'https://a.test', report: 'next' })).toEqual([]);
  });

  it.each([
    [600, 600],
    ['600s', 600],
    ['10m', 600],
    ['2h', 7200],
    ['1d', 86_400],
    [0, 0],
    [-1, 0],
    [false, 0],
    [undefined, undefined],
  ] as const)('reads maxAge %s', (maxAge, seconds) => {
    const policy = definePolicy(maxAge === undefined ? { origins: '*' } : { origins: '*', maxAge });
    expect(policy.groups[0]?.maxAge).toBe(seconds);
  });

  it.each(['600', '1.5h', '-1s', Number.NaN, 1.5, -2, 86_401, ''])('refuses maxAge %s', (maxAge) => {
    expect(codes({ origins: '*', maxAge })).toHaveLength(1);
  });

  it('is not changed by what happens to its options later', () => {
    const origins = ['https://a.test'];
    const policy = definePolicy({ origins });
    origins.push('https://evil.test');
    expect(policy.options.origins).toEqual(['https://a.test']);
    expect(Object.isFrozen(policy)).toBe(true);
    expect(Object.isFrozen(policy.options)).toBe(true);
  });

  it('validates ten thousand origins in a moment', () => {
    const origins = Array.from({ length: 10_000 }, (_, i) => `https://tenant-${i}.example.com`);
    const start = performance.now();
    expect(codes({ origins, credentials: true })).toEqual([]);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('definePolicy', () => {
  it('throws all problems', () => {
    expect(() => definePolicy({ origins: ['null', 'x'] })).toThrow(PolicyError);
    try {
      definePolicy({ origins: ['null', 'x'] });
    } catch (error) {
      expect(error instanceof PolicyError && error.diagnostics).toHaveLength(2);
    }
  });

  it('says in its message what is wrong and what to write', () => {
    expect(() => definePolicy({ origins: ['https://a.test/'] })).toThrow(
      'The CORS policy is wrong:\n- origins.0: `https://a.test/` is not an origin that a browser would send: ' +
        'it ends in a slash. Remove the slash at the end.',
    );
  });
});
