import { describe, expect, it } from 'vitest';
import { isListed } from './host-rules.ts';
import { parseHostRule } from './parse-host.ts';
import { readingsOf } from './path-rules.ts';
import { isRefusal } from './refusal.ts';
import { parseTargetUrl } from './target-url.ts';

function lists(entry: string, url: string): boolean | string {
  const rule = parseHostRule(entry);
  if ('reason' in rule) throw new Error(`${entry}: ${rule.reason}`);
  const parsed = parseTargetUrl(url);
  if (isRefusal(parsed)) return parsed.detail;
  const readings = readingsOf(parsed.path.replace(/\?.*$/s, ''));
  return readings !== 'unsafe' && isListed([rule], parsed.target, readings);
}

describe('an entry of hosts', () => {
  it.each([
    ['api.example.com', 'https://api.example.com'],
    ['api.example.com', 'https://api.example.com/any/path?and=query'],
    ['api.example.com', 'https://API.EXAMPLE.COM./'],
    ['api.example.com', 'https://api.example.com:443'],
    ['API.example.com.', 'https://api.example.com'],
    ['https://api.example.com', 'https://api.example.com'],
    ['https://api.example.com:443/', 'https://api.example.com'],
    ['http://api.example.com', 'http://api.example.com'],
    ['api.example.com:8443', 'https://api.example.com:8443'],
    ['*.example.com', 'https://a.example.com'],
    ['*.example.com', 'https://a.b.example.com'],
    ['*.EXAMPLE.com', 'https://xn--bcher-kva.example.com'],
    ['http://*.example.com:8080/v1', 'http://a.example.com:8080/v1/b'],
    ['bücher.example', 'https://xn--bcher-kva.example'],
    ['*.bücher.example', 'https://a.bücher.example'],
    ['bücher.example', 'https://BU\u0308CHER.example'],
    ['api.example.com', 'https://ａｐｉ。example．ｃｏｍ'],
    ['93.184.216.34', 'https://0x5db8d822'],
    ['[2606:4700::1111]', 'https://[2606:4700:0:0::1111]'],
    ['https://data.example.net:8443/v1', 'https://data.example.net:8443/v1'],
    ['https://data.example.net:8443/v1/', 'https://data.example.net:8443/v1'],
    ['https://data.example.net:8443/v1', 'https://data.example.net:8443/v1/a%2fb?c'],
    ['data.example.net/caf%c3%a9', 'https://data.example.net/café/a'],
    // Dots are resolved by the URL's parser, before they're compared.
    ['data.example.net/v1', 'https://data.example.net/v2/../v1/a'],
  ])('%s lists %s', (entry, url) => expect(lists(entry, url)).toBe(true));

  it.each([
    // Suffixes and prefixes that look alike.
    ['good.com', 'https://good.com.evil.com'],
    ['good.com', 'https://evilgood.com'],
    ['good.com', 'https://evil-good.com'],
    ['good.com', 'https://a.good.com'],
    ['good.com', 'https://good.co'],
    ['good.com', 'https://good.comm'],
    ['good.com', 'https://com'],
    ['good.com', 'https://goodxcom'],
    ['*.good.com', 'https://good.com'],
    ['*.good.com', 'https://evilgood.com'],
    ['*.good.com', 'https://a.evilgood.com'],
    ['*.good.com', 'https://a.good.com.evil.com'],
    ['*.good.com', 'https://good.com.evil.com'],
    ['*.good.com', 'https://xgood.com'],
    ['*.good.com', 'https://agoodacom'],
    // Letters that only look alike: Cyrillic, Greek; and what punycode spells.
    ['good.com', 'https://gооd.com'],
    ['good.com', 'https://gοod.com'],
    ['good.com', 'https://xn--good.com'],
    ['faß.example', 'https://fass.example'],
    ['bücher.example', 'https://bucher.example'],
    // Scheme and port.
    ['good.com', 'http://good.com'],
    ['https://good.com', 'http://good.com:443'],
    ['http://good.com', 'https://good.com'],
    ['http://good.com', 'https://good.com:80'],
    ['good.com', 'https://good.com:8443'],
    ['good.com', 'https://good.com:80'],
    ['good.com:8443', 'https://good.com'],
    ['*.good.com', 'https://a.good.com:8443'],
    // Addresses.
    ['93.184.216.34', 'https://93.184.216.35'],
    ['[2606:4700::1111]', 'https://[2606:4700::1112]'],
    // Paths, in whole segments and whatever reads them.
    ['good.com/v1', 'https://good.com'],
    ['good.com/v1', 'https://good.com/'],
    ['good.com/v1', 'https://good.com/v10'],
    ['good.com/v1', 'https://good.com/V1'],
    ['good.com/v1', 'https://good.com/v1/../v2'],
    ['good.com/v1', 'https://good.com/v1/%2e%2e/v2'],
    ['good.com/v1', 'https://good.com/v1/%252e%252e/v2'],
    ['good.com/v1', 'https://good.com/v1/..%2fv2'],
    ['good.com/v1', 'https://good.com/v1%2f..%2fv2'],
    ['good.com/v1', 'https://good.com//v1'],
    ['good.com/v1', 'https://good.com/v1;a'],
    ['good.com/v1', 'https://good.com/?/v1'],
    ['good.com/v1', 'https://good.com/a?/v1/b'],
  ])("%s doesn't list %s", (entry, url) => expect(lists(entry, url)).toBe(false));

  it.each([
    ['good.com', 'https://good.com@evil.com'],
    ['good.com', 'https://good.com:443@evil.com'],
    ['good.com', 'https://evil.com\\@good.com'],
    ['good.com', 'https://good.com\\.evil.com'],
    ['good.com', 'https://good.com%2eevil.com'],
    ['good.com', 'https://good.com%00.evil.com'],
    ['good.com', 'https://evil.com%2f.good.com'],
    ['*.good.com', 'https://evil.com%23.good.com'],
    ['*.good.com', 'https://evil.com?.good.com'.replace('?', '\\?')],
    ['*.good.com', 'https://.good.com'],
    ['*.good.com', 'https://a..good.com'],
    ['good.com', 'https://good.com..'],
  ])('%s: %s is no URL to compare', (entry, url) => expect(lists(entry, url)).toEqual(expect.any(String)));

  it.each([
    ['*', 'any'],
    ['*:*', 'any'],
    ['https://*', 'any'],
    ['https://*/', 'any'],
    ['*.com', 'suffix'],
    ['*.co.uk', 'suffix'],
    ['*.local', 'suffix'],
    ['a.*.com', 'wildcard'],
    ['a*.example.com', 'wildcard'],
    ['*.*.example.com', 'wildcard'],
    ['*example.com', 'wildcard'],
    ['*.1.2.3.4', 'wildcard'],
    ['*.[::1]', 'wildcard'],
    ['ftp://example.com', 'scheme'],
    ['ws://example.com', 'scheme'],
    ['example.com/*', 'path'],
    ['example.com/a?b', 'path'],
    ['example.com/a#b', 'path'],
    ['example.com/a;b', 'path'],
    ['example.com/a%2fb', 'path'],
    ['example.com/%252e%252e/a', 'path'],
    ['', 'name'],
    ['a b', 'name'],
    ['a..b', 'name'],
    ['me@example.com', 'name'],
    ['example.com:0', 'name'],
    ['example.com:http', 'name'],
    ['//example.com', 'name'],
    ['/proxy', 'name'],
  ])('may not be %j: %s', (entry, reason) => expect(parseHostRule(entry)).toEqual({ reason }));
});
