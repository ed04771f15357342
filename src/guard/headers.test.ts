import { describe, expect, it } from 'vitest';
import { guardOf } from '../../test/fixtures/guard.ts';
import { firstHop } from './redirect.ts';
import { passesRequestHeader } from './request-headers.ts';
import { passesResponseHeader, RESPONSE_GUARDS } from './response-headers.ts';

const bare = guardOf({ target: 'https://api.example.com', allow: '* /**' });
const listing = guardOf({
  target: 'https://api.example.com',
  allow: '* /**',
  requestHeaders: ['Authorization', 'cookie', 'X-Api-Version', 'referer', 'Accept'],
  responseHeaders: ['Set-Cookie', 'server'],
});
const hop = firstHop('POST', { target: { protocol: 'https', host: 'api.example.com', port: 443 }, path: '/' });

const USUAL = [
  ...'accept accept-encoding accept-language cache-control content-type if-match if-modified-since'.split(' '),
  ...'if-none-match if-range if-unmodified-since last-event-id pragma range user-agent'.split(' '),
];
const LISTED = ['authorization', 'cookie', 'x-api-version', 'referer'];
const NEVER = [
  ...'connection content-length expect host keep-alive proxy-authorization te trailer'.split(' '),
  ...'transfer-encoding upgrade via proxy-connection http2-settings'.split(' '),
];
const UNASKED = [
  ...'origin referer authorization cookie dnt forwarded x-forwarded-for x-real-ip x-request-id'.split(' '),
  ...'sec-fetch-site sec-ch-ua sec-websocket-key x-requested-with traceparent service-worker'.split(' '),
  '',

  ...'__proto__ constructor cf-connecting-ip true-client-ip x-http-method-override x-original-url'.split(' '),
];

describe("a client's header", () => {
  it.each(USUAL)('%s passes', (name) => {
    expect(passesRequestHeader(bare, name, hop)).toBe(true);
    expect(passesRequestHeader(listing, name, { ...hop, credentials: false })).toBe(true);
  });

  it.each(LISTED)("%s passes if it's listed, to the API itself", (name) => {
    expect(passesRequestHeader(listing, name, hop)).toBe(true);
    expect(passesRequestHeader(bare, name, hop)).toBe(false);
    expect(passesRequestHeader(listing, name, { ...hop, credentials: false })).toBe(false);
  });

  it.each(UNASKED)("%s doesn't pass", (name) => expect(passesRequestHeader(bare, name, hop)).toBe(false));

  it.each(NEVER)('%s never passes', (name) => {
    const requestHeaders = new Set([...listing.requestHeaders, name]);
    expect(passesRequestHeader({ ...listing, requestHeaders }, name, hop)).toBe(false);
  });

  it.each(['content-type', 'content-encoding', 'content-language'])('%s goes with the body', (name) => {
    expect(passesRequestHeader(bare, name, hop)).toBe(true);
    expect(passesRequestHeader(bare, name, { ...hop, body: false })).toBe(false);
  });
});

describe("an API's header", () => {
  it.each([
    'content-type',
    'content-encoding',
    'content-disposition',
    'etag',
    'last-modified',
    'cache-control',
    'vary',
  ])('%s passes', (name) => expect(passesResponseHeader(bare, name)).toBe(true));

  it.each([
    'link',
    'location',
    'retry-after',
    'x-ratelimit-remaining',
    'date',
    'age',
    'accept-ranges',
    'content-range',
  ])('%s passes', (name) => expect(passesResponseHeader(bare, name)).toBe(true));

  it.each([
    ...'set-cookie server x-powered-by alt-svc strict-transport-security clear-site-data refresh'.split(' '),
    ...'nel report-to reporting-endpoints service-worker-allowed content-security-policy accept-ch'.split(' '),
    ...'content-security-policy-report-only permissions-policy cross-origin-opener-policy origin-trial'.split(' '),
    ...'cross-origin-resource-policy timing-allow-origin www-authenticate x-frame-options speculation-rules'.split(' '),
  ])('%s passes only if it is listed', (name) => {
    expect(passesResponseHeader(bare, name)).toBe(false);
    expect(passesResponseHeader({ ...bare, responseHeaders: new Set([name]) }, name)).toBe(true);
  });

  it.each([
    ...'access-control-allow-origin access-control-allow-credentials access-control-anything via upgrade'.split(' '),
    ...'connection keep-alive transfer-encoding content-length trailer proxy-authenticate te'.split(' '),
  ])('%s never passes', (name) => {
    expect(passesResponseHeader({ ...bare, responseHeaders: new Set([name]) }, name)).toBe(false);
  });

  it('is joined by ours, which make data of what comes', () => {
    expect(Object.fromEntries(RESPONSE_GUARDS)).toEqual({
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "sandbox; default-src 'none'",
    });
    expect(passesResponseHeader(bare, 'x-content-type-options')).toBe(false);
    expect(passesResponseHeader(listing, 'set-cookie')).toBe(true);
  });
});
