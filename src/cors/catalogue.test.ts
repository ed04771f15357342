import { describe, expect, it } from 'vitest';
import { corsCatalogue, type CorsCode } from '../diagnostics/catalogue/cors.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { decide } from './decide.ts';
import { explainDecision } from './explain.ts';
import type { PolicyOptions } from './options.ts';
import { createPolicy, definePolicy } from './policy.ts';

const A = 'https://a.test';
const origins = [A];

/** For each code options that lead to it. Options of a wrong shape are what JavaScript callers and YAML may give. */
const OPTIONS: Partial<Record<CorsCode, unknown>> = {
  'cors-origin-empty': { origins: [''] },
  'cors-origin-null': { origins: ['null'] },
  'cors-origin-comma': { origins: ['https://a.test, https://b.test'] },
  'cors-origin-whitespace': { origins: ['https://a.test '] },
  'cors-origin-non-ascii': { origins: ['https://bücher.example'] },
  'cors-origin-scheme-missing': { origins: ['a.test'] },
  'cors-origin-scheme-case': { origins: ['HTTPS://a.test'] },
  'cors-origin-scheme-invalid': { origins: ['1https://a.test'] },
  'cors-origin-scheme-file': { origins: ['file:///home/me/index.html'] },
  'cors-origin-userinfo': { origins: ['https://me@a.test'] },
  'cors-origin-slash': { origins: ['https://a.test/'] },
  'cors-origin-path': { origins: ['https://a.test/app'] },
  'cors-origin-query': { origins: ['https://a.test?x'] },
  'cors-origin-fragment': { origins: ['https://a.test#x'] },
  'cors-origin-host-missing': { origins: ['https://:8080'] },
  'cors-origin-host-case': { origins: ['https://A.test'] },
  'cors-origin-host-invalid': { origins: ['https://a..test'] },
  'cors-origin-host-length': { origins: [`https://${'a'.repeat(64)}.test`] },
  'cors-origin-ipv4': { origins: ['https://127.1'] },
  'cors-origin-ipv6': { origins: ['https://[::g]'] },
  'cors-origin-ipv6-zone': { origins: ['https://[fe80::1%eth0]'] },
  'cors-origin-ipv6-mapped': { origins: ['https://[::ffff:7f00:1]'] },
  'cors-origin-ipv6-form': { origins: ['https://[0:0:0:0:0:0:0:1]'] },
  'cors-origin-port-invalid': { origins: ['https://a.test:080'] },
  'cors-origin-port-default': { origins: ['https://a.test:443'] },
  'cors-origin-idna': { origins: ['https://xn--a.test'] },
  'cors-origin-too-long': { origins: [`https://${'a.'.repeat(300)}test`] },
  'cors-origin-wildcard': { origins: ['https://*.*.a.test'] },
  'cors-origin-wildcard-host': { origins: ['http://*.127.0.0.1'] },
  'cors-origin-wildcard-scheme': { origins: ['capacitor://*.a.test'] },
  'cors-type': { origins, methods: 1 },
  'cors-unknown-key': { origins, origin: A },
  'cors-origins-missing': { credentials: true },
  'cors-pass-conflict': { origins, upstream: 'pass' },
  'cors-report-nested': { origins, report: { origins, report: 'other' } },
  'cors-wildcard-credentials': { origins: '*', credentials: true },
  'cors-wildcard-not-alone': { origins: ['*', A] },
  'cors-origin-unreachable': { groups: [{ origins: 'https://*.a.test' }], origins: 'https://x.a.test' },
  'cors-insecure-origin': { origins: 'http://a.test', credentials: true },
  'cors-any-port': { origins: 'https://a.test:*', credentials: true },
  'cors-public-suffix': { origins: 'https://*.github.io', credentials: true },
  'cors-public-suffix-anonymous': { origins: 'https://*.github.io' },
  'cors-open-registration': { origins: 'https://my-app-*.vercel.app', credentials: true },
  'cors-regex-syntax': { origins: { regex: 'https://(?=a)a\\.test' } },
  'cors-regex-super-linear': { origins: { regex: 'https://(?:a+)+\\.a\\.test' } },
  'cors-regex-too-large': { origins: { regex: 'https://(?:a{200}){200}\\.test' } },
  'cors-regex-no-origin': { origins: { regex: 'a\\.test' } },
  'cors-regex-insecure': { origins: { regex: 'https?://a\\.test' }, credentials: true },
  'cors-regex-neighbour': { origins: { regex: 'https://.*example\\.com' } },
  'cors-method-invalid': { origins, methods: ['PUT, DELETE'] },
  'cors-method-forbidden': { origins, methods: ['TRACE'] },
  'cors-method-never-sent': { origins, methods: ['put'] },
  'cors-method-case': { origins, methods: ['patch'] },
  'cors-header-invalid': { origins, headers: ['x a'] },
  'cors-header-cookie': { origins, headers: ['Cookie'] },
  'cors-header-forbidden': { origins, headers: ['Sec-Fetch-Mode'] },
  'cors-header-response-only': { origins, headers: ['Access-Control-Allow-Origin'] },
  'cors-expose-invalid': { origins, expose: ['x-a:'] },
  'cors-expose-cookie': { origins, expose: ['Set-Cookie'] },
  'cors-expose-request-only': { origins, expose: ['User-Agent'] },
  'cors-name-repeated': { origins, headers: ['x-a', 'X-A'] },
  'cors-name-redundant': { origins, expose: ['content-type'] },
  'cors-max-age-invalid': { origins, maxAge: 'soon' },
  'cors-max-age-range': { origins, maxAge: '2d' },
  'cors-max-age-capped': { origins, maxAge: '24h' },
};

interface Refusal {
  readonly options: PolicyOptions;
  readonly origin: string;
  readonly method?: string;
  readonly headers?: string;
}

/** For each code a refused preflight whose explanation has it. */
const REFUSALS: Partial<Record<CorsCode, Refusal>> = {
  'cors-refused-origin': { options: { origins }, origin: 'https://other.example' },
  'cors-refused-null': { options: { origins }, origin: 'null' },
  'cors-refused-several-origins': { options: { origins }, origin: `${A}, ${A}` },
  'cors-refused-method': { options: { origins }, origin: A, method: 'DELETE' },
  'cors-refused-malformed-method': { options: { origins }, origin: A, method: 'A, B' },
  'cors-refused-headers': { options: { origins }, origin: A, headers: 'x-a' },
  'cors-refused-malformed-headers': { options: { origins }, origin: A, headers: 'x a' },
  'cors-hint-form': { options: { origins }, origin: 'https://a.test/' },
  'cors-hint-port': { options: { origins }, origin: 'https://a.test:8443' },
  'cors-hint-scheme': { options: { origins }, origin: 'http://a.test' },
  'cors-hint-loopback': { options: { origins: ['http://localhost:5173'] }, origin: 'http://127.0.0.1:5173' },
  'cors-hint-www': { options: { origins }, origin: 'https://www.a.test' },
  'cors-hint-apex': { options: { origins: ['https://*.a.test'] }, origin: A },
  'cors-hint-subdomain': { options: { origins }, origin: 'https://x.a.test' },
  'cors-hint-similar': { options: { origins: ['https://example.com'] }, origin: 'https://exmaple.com' },
  'cors-hint-method-case': { options: { origins, methods: ['PATCH'] }, origin: A, method: 'patch' },
  'cors-hint-authorization': { options: { origins, headers: '*' }, origin: A, headers: 'authorization' },
  'cors-hint-header-response-only': { options: { origins }, origin: A, headers: 'access-control-allow-origin' },
};

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
