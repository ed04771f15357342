import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLoopbackHost, parseOrigin } from './origin.ts';

describe('parseOrigin', () => {
  it.each([
    ['https://a.test', 'https', 'a.test', 'name', ''],
    ['http://localhost:3000', 'http', 'localhost', 'name', '3000'],
    ['http://127.0.0.1:8080', 'http', '127.0.0.1', 'ipv4', '8080'],
    ['http://[::1]:8080', 'http', '[::1]', 'ipv6', '8080'],
    ['https://[2001:db8::1]', 'https', '[2001:db8::1]', 'ipv6', ''],
    ['https://xn--bcher-kva.example', 'https', 'xn--bcher-kva.example', 'name', ''],
    ['https://a_b.example.com:65535', 'https', 'a_b.example.com', 'name', '65535'],
    ['http://a.test:443', 'http', 'a.test', 'name', '443'],
    ['capacitor://localhost', 'capacitor', 'localhost', 'name', ''],
  ])('takes %s apart', (text, scheme, host, hostKind, port) => {
    expect(parseOrigin(text)).toEqual({ origin: { scheme, host, hostKind, port } });
  });

  it.each([
    ['', 'empty'],
    ['null', 'null'],
    ['*', 'scheme-missing'],
    ['a.test', 'scheme-missing'],
    ['//a.test', 'scheme-missing'],
    ['://a.test', 'scheme-missing'],
    ['HTTPS://a.test', 'scheme-case'],
    ['https://a.test/', 'slash'],
    ['https://a.test\\', 'slash'],
    ['https://a.test/x', 'path'],
    ['https://a.test?', 'query'],
    ['https://a.test#', 'fragment'],
    ['https://u:p@a.test', 'userinfo'],
    ['https://a.test,https://b.test', 'comma'],
    ['https://a.test, https://b.test', 'comma'],
    [' https://a.test', 'scheme-invalid'],
    ['https://a.test\0', 'whitespace'],
    ['https://\u212a.test', 'non-ascii'],
    ['https://', 'host-missing'],
    ['https://.a.test', 'host-invalid'],
    ['https://a.test.', 'host-invalid'],
    ['https://a%2e.test', 'host-invalid'],
    [`https://${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}`, 'host-length'],
    ['https://256.0.0.1', 'ipv4'],
    ['https://01.2.3.4', 'ipv4'],
    ['https://1', 'ipv4'],
    ['https://a.0x1', 'ipv4'],
    ['https://[::1', 'host-invalid'],
    ['https://[::1]x', 'host-invalid'],
    ['https://[1::2::3]', 'ipv6'],
    ['https://[::1%25lo]', 'ipv6-zone'],
    ['https://[::ffff:1.2.3.4]', 'ipv6-mapped'],
    ['https://[::A]', 'ipv6-form'],
    ['https://a.test:', 'port-invalid'],
    ['https://a.test:0', 'port-invalid'],
    ['https://a.test:65536', 'port-invalid'],
    ['https://a.test:+1', 'port-invalid'],
    ['https://a.test:443', 'port-default'],
    ['http://a.test:80', 'port-default'],
  ])('refuses %j: %s', (text, problem) => {
    expect(parseOrigin(text)).toEqual({ problem });
  });

  it('accepts only what the URL parser gives back unchanged', () => {
    const part = fc.constantFrom(
      'https://',
      'http://',
      'a',
      'b.',
      '.test',
      '1',
      '0x',
      '[',
      ']',
      ':',
      '::',
      '8',
      '/',
      '@',
      '-',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const text = parts.join('');
        if (!/^https?:/.test(text) || !('origin' in parseOrigin(text))) return;
        expect(new URL(text).origin).toBe(text);
      }),
      { numRuns: 20_000 },
    );
  });

  it('accepts every IP address as the URL parser writes it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          fc.ipV6().map((ip) => `[${ip}]`),
        ),
        (host) => {
          const { origin } = new URL(`https://${host}`);
          const parsed = parseOrigin(origin);
          expect('origin' in parsed || parsed.problem === 'ipv6-mapped').toBe(true);
        },
      ),
    );
  });
});

describe('isLoopbackHost', () => {
  it('knows this machine', () => {
    for (const host of ['localhost', 'app.localhost', '127.0.0.1', '127.255.0.9', '[::1]']) {
      expect(isLoopbackHost(host), host).toBe(true);
    }
    for (const host of ['localhost.evil.test', 'notlocalhost', '127.evil.test', '128.0.0.1', '[::2]', '10.0.0.1']) {
      expect(isLoopbackHost(host), host).toBe(false);
    }
  });
});
