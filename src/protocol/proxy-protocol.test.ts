import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProxyHeader, type ProxyHeader } from './proxy-protocol.ts';

const SIGNATURE = '0d0a0d0a000d0a515549540a';

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const line = (text: string): ReturnType<typeof parseProxyHeader> => parseProxyHeader(bytesOf(text));

/** A header of version 2 in hexadecimal, its length filled in. */
function binary(command: string, family: string, rest: string): Uint8Array {
  const length = (rest.length / 2).toString(16).padStart(4, '0');
  return Uint8Array.from(Buffer.from(`${SIGNATURE}${command}${family}${length}${rest}`, 'hex'));
}

const V4 = 'cb007105c0a8000bdbe401bb';
const V6 = '20010db800000000000000000000000500000000000000000000000000000001dbe401bb';
const SSL = '2000050100000000';

describe('a line of version 1', () => {
  it.each<[string, Partial<ProxyHeader>]>([
    ['PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n', { client: '192.168.0.1', encrypted: false }],
    ['PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n', { client: '255.255.255.255', length: 56 }],
    ['PROXY TCP6 2001:DB8::5 ::1 1 0\r\n', { client: '2001:db8::5' }],
    [`PROXY TCP6 ${'ffff:'.repeat(7)}ffff ${'ffff:'.repeat(7)}ffff 65535 65535\r\n`, { length: 104 }],
    ['PROXY TCP6 ::ffff:cb00:7105 ::1 1 1\r\n', { client: '203.0.113.5' }],
    ['PROXY UNKNOWN\r\n', { client: undefined, length: 15 }],
    ['PROXY UNKNOWN anything \0 goes\r\n', { client: undefined }],
  ])('%j', (text, expected) => {
    expect(line(text)).toMatchObject(expected);
    expect(line(`${text}GET / HTTP/1.1\r\n`)).toEqual(line(text));
  });

  it.each([
    'PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\n',
    'PROXY TCP4 192.168.0.1 192.168.0.11 56324 443 \r\n',
    'PROXY  TCP4 192.168.0.1 192.168.0.11 56324 443\r\n',
    'PROXY TCP4 192.168.0.1 192.168.0.11 56324\r\n',
    'PROXY TCP4 192.168.0.01 192.168.0.11 56324 443\r\n',
    'PROXY TCP4 192.168.0.256 192.168.0.11 56324 443\r\n',
    'PROXY TCP4 192.168.1 192.168.0.11 56324 443\r\n',
    'PROXY TCP4 192.168.0.1 192.168.0.11 056324 443\r\n',
    'PROXY TCP4 192.168.0.1 192.168.0.11 65536 443\r\n',
    'PROXY TCP4 192.168.0.1 192.168.0.11 -1 443\r\n',
    'PROXY TCP4 ::1 ::1 1 1\r\n',
    'PROXY TCP6 192.168.0.1 192.168.0.11 1 1\r\n',
    'PROXY TCP6 ::ffff:203.0.113.5 ::1 1 1\r\n',
    'PROXY TCP6 1::2::3 ::1 1 1\r\n',
    'PROXY UDP4 192.168.0.1 192.168.0.11 56324 443\r\n',
    'PROXY tcp4 192.168.0.1 192.168.0.11 56324 443\r\n',
    'proxy TCP4 192.168.0.1 192.168.0.11 56324 443\r\n',
    'PROXY UNKNOWNX\r\n',
    'PROXY UNKNOWN a\rb\r\n',
    'PROXY\r\n',
    `PROXY UNKNOWN ${'x'.repeat(100)}\r\n`,
    'GET / HTTP/1.1\r\n',
    'G',
    '\x16\x03\x01',
  ])('is none: %j', (text) => {
    expect(line(text)).toBe('malformed');
  });
});

describe('a header of version 2', () => {
  it.each<[string, Uint8Array, Partial<ProxyHeader>]>([
    ['TCP over IPv4', binary('21', '11', V4), { client: '203.0.113.5', encrypted: false, length: 28 }],
    ['TCP over IPv6', binary('21', '21', V6), { client: '2001:db8::5', length: 52 }],
    [
      'IPv4 in the clothes of IPv6',
      binary('21', '21', `${'0'.repeat(20)}ffffcb007105${V6.slice(32)}`),
      { client: '203.0.113.5' },
    ],
    ['with TLS', binary('21', '11', V4 + SSL), { client: '203.0.113.5', encrypted: true }],
    ['with other vectors, then TLS', binary('21', '11', `${V4}04000301020302000161${SSL}`), { encrypted: true }],
    ['with a vector that says no TLS', binary('21', '11', `${V4}2000050000000000`), { encrypted: false }],
    ['the proxy itself', binary('20', '00', ''), { client: undefined, length: 16 }],
    ['the proxy itself, with an address to be ignored', binary('20', '11', V4), { client: undefined, length: 28 }],
    ['unspecified', binary('21', '00', 'ffff'), { client: undefined, length: 18 }],
    ['UDP', binary('21', '12', V4), { client: undefined }],
    ['a Unix socket', binary('21', '31', '00'.repeat(216)), { client: undefined, length: 232 }],
  ])('%s', (_, bytes, expected) => {
    expect(parseProxyHeader(bytes)).toMatchObject(expected);
  });

  it('with a checksum', () => {
    const header = Buffer.from(withChecksum(V4));
    const before = header.toString('hex');
    expect(parseProxyHeader(header)).toMatchObject({ client: '203.0.113.5', length: 35 });
    expect(header.toString('hex')).toBe(before);
  });

  it.each<[string, Uint8Array]>([
    ['of version 1', binary('11', '11', V4)],
    ['of version 3', binary('31', '11', V4)],
    ['with an unknown command', binary('22', '11', V4)],
    ['with an unknown family', binary('21', '41', V4)],
    ['with an unknown protocol', binary('21', '13', V4)],
    ['whose addresses are cut', binary('21', '11', V4.slice(2))],
    ['with the addresses of the other family', binary('21', '21', V4)],
    ['whose vector is cut', binary('21', '11', `${V4}2000`)],
    ['whose vector is longer than it', binary('21', '11', `${V4}0400ff00`)],
    ['whose vector of TLS is too short', binary('21', '11', `${V4}20000401000000`)],
    ['with a wrong checksum', binary('21', '11', `${V4}03000400000001`)],
    ['with a checksum of another length', binary('21', '11', `${V4}0300020000`)],
    ['that is too long', binary('21', '11', V4 + '00'.repeat(5000))],
    ['with another signature', Uint8Array.from(Buffer.from(`${SIGNATURE.slice(0, -2)}0d211100`, 'hex'))],
  ])('is none: %s', (_, bytes) => {
    expect(parseProxyHeader(bytes)).toBe('malformed');
  });
});

/** As an independent implementation makes it: by a table. */
function withChecksum(addresses: string): Uint8Array {
  const header = binary('21', '11', `${addresses}03000400000000`);
  const table = Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0x82f63b78 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
  });
  let crc = 0xffffffff;
  for (const byte of header) crc = ((table[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8)) >>> 0;
  new DataView(header.buffer).setUint32(header.length - 4, (crc ^ 0xffffffff) >>> 0);
  return header;
}

describe('wherever it is cut', () => {
  const headers = [
    bytesOf('PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n'),
    bytesOf('PROXY UNKNOWN\r\n'),
    binary('21', '11', V4 + SSL),
    binary('21', '21', V6),
    binary('20', '00', ''),
  ];

  it('more of it is asked for', () => {
    for (const header of headers) {
      for (let i = 0; i < header.length; i++) expect(parseProxyHeader(header.subarray(0, i))).toBe('more');
      expect(parseProxyHeader(header)).toMatchObject({ length: header.length });
    }
  });
});

describe('whatever comes', () => {
  const runs = Number(process.env['FUZZ_COUNT'] ?? 5000);
  const begin = fc.constantFrom(
    bytesOf('PROXY '),
    bytesOf('PROXY TCP4 1.2.3.4 '),
    Uint8Array.from(Buffer.from(SIGNATURE, 'hex')),
    binary('21', '11', V4),
    new Uint8Array(),
  );

  it('is understood, refused or waited for, in a bounded length, and never thrown at', () => {
    fc.assert(
      fc.property(begin, fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 5000 }), (start, some, more) => {
        const bytes = Uint8Array.from([...start, ...some, ...more]);
        const found = parseProxyHeader(bytes);
        if (typeof found === 'object') {
          expect(found.length).toBeGreaterThan(14);
          expect(found.length).toBeLessThanOrEqual(bytes.length);
          // What follows has no say.
          expect(parseProxyHeader(bytes.subarray(0, found.length))).toEqual(found);
        } else if (found === 'more') {
          expect(bytes.length).toBeLessThan(4096);
        }
      }),
      { numRuns: runs },
    );
  });

  it('never has another client because a byte is another, if there is a checksum', () => {
    const header = withChecksum(V4);
    fc.assert(
      fc.property(fc.nat(header.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = header.slice();
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        const found = parseProxyHeader(bytes);
        if (typeof found === 'object') expect([undefined, '203.0.113.5']).toContain(found.client);
      }),
      { numRuns: runs },
    );
  });
});
