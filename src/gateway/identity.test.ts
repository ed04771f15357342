import { describe, expect, it } from 'vitest';
import { TestExchange } from '../../test/fixtures/test-exchange.ts';
import { HeaderList } from '../wire/header-list.ts';
import { createIdentify } from './identity.ts';

interface Asked {
  readonly peer?: string;
  readonly encrypted?: boolean;
  readonly lines?: readonly (readonly [string, string])[];
}

function identified(
  trusted: readonly string[],
  { peer = '10.0.0.1', encrypted = false, lines = [] }: Asked,
): TestExchange {
  const exchange = Object.assign(new TestExchange(), { peerAddress: peer, encrypted, host: 'a.test' });
  exchange.headers = HeaderList.of(...lines);
  createIdentify(trusted)(exchange);
  return exchange;
}

const FORGED: readonly (readonly [string, string])[] = [
  ['X-Forwarded-For', '6.6.6.6'],
  ['X-Forwarded-Proto', 'https'],
  ['X-Forwarded-Host', 'evil.test'],
  ['X-Request-Id', 'forged'],
];

describe('who a client is', () => {
  it('is the peer when no proxy is trusted, whatever it says', () => {
    const exchange = identified([], { peer: '192.0.2.1', lines: FORGED });
    expect(exchange).toMatchObject({
      clientAddress: '192.0.2.1',
      scheme: 'http',
      authority: 'a.test',
      peerTrusted: false,
    });
    expect(exchange.id).not.toBe('forged');
  });

  it('is the peer when it is none of the trusted ones', () => {
    const exchange = identified(['10.0.0.0/8', '::1'], { peer: '11.0.0.1', lines: FORGED });
    expect(exchange).toMatchObject({
      clientAddress: '11.0.0.1',
      scheme: 'http',
      authority: 'a.test',
      peerTrusted: false,
    });
  });

  it('is what a trusted proxy says', () => {
    const exchange = identified(['10.0.0.0/8'], { lines: FORGED });
    expect(exchange).toMatchObject({
      clientAddress: '6.6.6.6',
      scheme: 'https',
      authority: 'evil.test',
      id: 'forged',
      peerTrusted: true,
    });
  });

  it.each([
    ['1.2.3.4', '1.2.3.4'],
    ['6.6.6.6, 1.2.3.4', '1.2.3.4'],
    ['6.6.6.6, 1.2.3.4, 10.9.9.9', '1.2.3.4'],
    ['6.6.6.6, 1.2.3.4, 10.9.9.9, 10.8.8.8', '1.2.3.4'],
    ['10.2.2.2, 10.3.3.3', '10.2.2.2'],
    ['1.2.3.4:5678', '1.2.3.4'],
    ['2001:db8::1', '2001:db8::1'],
    ['[2001:db8::1]:5678', '2001:db8::1'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['1.2.3.4, ::ffff:10.1.1.1', '1.2.3.4'],
    // What isn't an address ends the chain: nothing further left is worth more.
    ['6.6.6.6, unknown', '10.0.0.1'],
    ['6.6.6.6, unknown, 10.5.5.5', '10.5.5.5'],
    ['6.6.6.6,', '10.0.0.1'],
    ['6.6.6.6, 1.2.3', '10.0.0.1'],
    ['6.6.6.6, 01.2.3.4', '10.0.0.1'],
    ['', '10.0.0.1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
  ])('with the chain %j is %s', (chain, client) => {
    expect(identified(['10.0.0.0/8'], { lines: [['X-Forwarded-For', chain]] }).clientAddress).toBe(client);
  });

  it('is read from the end of several lines together', () => {
    const lines = [
      ['X-Forwarded-For', '6.6.6.6'],
      ['X-Forwarded-For', '1.2.3.4'],
      ['X-Forwarded-For', '10.7.7.7'],
    ] as const;
    expect(identified(['10.0.0.0/8'], { lines }).clientAddress).toBe('1.2.3.4');
  });

  it('is found behind IPv6 proxies too', () => {
    const asked = { peer: '2001:db8::9', lines: [['X-Forwarded-For', '6.6.6.6, 2001:db8:1::1']] as const };
    expect(identified(['2001:db8::/32'], asked).clientAddress).toBe('6.6.6.6');
    expect(identified(['2001:db8::9'], asked).clientAddress).toBe('2001:db8:1::1');
  });
});

describe('the address that a browser sees', () => {
  it("is the connection's own without proxies", () => {
    expect(identified([], { encrypted: true })).toMatchObject({ scheme: 'https', authority: 'a.test' });
  });

  it.each([
    ['https', 'https'],
    ['HTTPS', 'https'],
    ['http', 'http'],
    // The last one is what our proxy saw.
    ['https, http', 'http'],
    ['http, https', 'https'],
    ['ftp', 'http'],
    ['', 'http'],
    ['https,', 'http'],
  ])('has, of X-Forwarded-Proto %j, the scheme %s', (value, scheme) => {
    expect(identified(['10.0.0.1'], { lines: [['X-Forwarded-Proto', value]] }).scheme).toBe(scheme);
  });

  it.each([
    ['b.test', 'b.test'],
    ['b.test:8443', 'b.test:8443'],
    ['c.test, b.test', 'b.test'],
    ['[::1]:80', '[::1]:80'],
    ['b test', 'a.test'],
    ['b/test', 'a.test'],
    ['u@b', 'a.test'],
    ['b"', 'a.test'],
    ['b;x', 'a.test'],
    ['', 'a.test'],
    ['b'.repeat(300), 'a.test'],
  ])('has, of X-Forwarded-Host %j, the authority %s', (value, authority) => {
    expect(identified(['10.0.0.1'], { lines: [['X-Forwarded-Host', value]] }).authority).toBe(authority);
  });
});

describe('a request id', () => {
  it('is another one for every request', () => {
    const identify = createIdentify([]);
    const ids = Array.from({ length: 1000 }, () => {
      const exchange = new TestExchange();
      identify(exchange);
      return exchange.id;
    });
    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) expect(id).toMatch(/^[0-9a-z]{6}-[0-9a-z]+$/);
  });

  it.each(['', 'a b', 'a"b', 'a\tb', 'x'.repeat(129), 'a,b', '<script>'])(
    'is ours when a trusted proxy sends %j',
    (value) => {
      expect(identified(['10.0.0.1'], { lines: [['X-Request-Id', value]] }).id).not.toBe(value);
    },
  );
});
