import { execFileSync } from 'node:child_process';
import { BlockList, isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { findProgram } from '../../test/fixtures/programs.ts';
import { countOf, Random, seedOf } from '../../test/fixtures/random.ts';
import { addressKind } from './address.ts';

/** What Python takes for global, by IANA's registry or because it doesn't look into an address, and we don't connect to. */
const STRICTER = [
  // Nobody serves APIs by multicast, and connecting there means the own link as often as not.
  '224.0.0.0/4',
  'ff00::/8',
  // Packets come out at the IPv4 address inside.
  '::/96',
  '::ffff:0:0/96',
  '::ffff:0:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2001::/32',
  '2002::/16',
  // Infrastructure of the Internet itself: anycast of DNS sinks, relays, identifiers that aren't routed.
  '100.64.0.0/10',
  '192.0.0.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.175.48.0/24',
  '2001::/23',
  '2620:4f:8000::/48',
  // Documentation since RFC 9637; Python learns it with 3.13.
  '3fff::/20',
  // Never given out, or no longer: all but 2000::/3.
  '::/3',
  '4000::/2',
  '8000::/1',
  // Azure's host, which answers to virtual machines only.
  '168.63.129.16/32',
];

/** Two lists: in one, an IPv4 address would be in the range of IPv4-mapped ones. */
const stricter = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const range of STRICTER) {
  const [network = '', bits] = range.split('/');
  stricter[familyOf(network)].addSubnet(network, Number(bits), familyOf(network));
}

function familyOf(ip: string): 'ipv4' | 'ipv6' {
  return isIP(ip) === 6 ? 'ipv6' : 'ipv4';
}

function isStricter(ip: string): boolean {
  return stricter[familyOf(ip)].check(ip, familyOf(ip));
}

/** Where special ranges begin: their neighbourhood is where mistakes are. */
const EDGES = [
  ...'0.0.0.0 1.0.0.0 10.0.0.0 11.0.0.0 100.64.0.0 100.128.0.0 127.0.0.0 128.0.0.0 169.254.0.0 169.255.0.0'.split(' '),
  ...'172.16.0.0 172.32.0.0 192.0.0.0 192.0.1.0 192.0.2.0 192.0.3.0 192.31.196.0 192.88.99.0 192.168.0.0'.split(' '),
  ...'192.169.0.0 192.175.48.0 198.18.0.0 198.20.0.0 198.51.100.0 198.51.101.0 203.0.113.0 203.0.114.0'.split(' '),
  ...'224.0.0.0 240.0.0.0 168.63.129.16'.split(' '),
  ...':: ::ffff:0:0 ::1:0:0:0 64:ff9b:: 64:ff9b:1:: 64:ff9b:2:: 100:: 100:0:0:1:: 2000:: 2001:: 2001:1:: 2001:2::'.split(
    ' ',
  ),
  ...'2001:3:: 2001:4:: 2001:10:: 2001:20:: 2001:30:: 2001:40:: 2001:200:: 2001:db8:: 2001:db9:: 2002:: 2003::'.split(
    ' ',
  ),
  ...'2620:4f:8000:: 2620:4f:8001:: 3fff:: 3fff:1000:: 4000:: 5f00:: fc00:: fe00:: fe80:: fec0:: ff00::'.split(' '),
].map((ip) => ({ bits: isIP(ip) === 4 ? 32 : 128, value: toNumber(ip) }));

function toNumber(ip: string): bigint {
  if (isIP(ip) === 4) return ip.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  const [head = '', tail = ''] = ip.split('::');
  const words = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [before, after] = [words(head), words(tail)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].reduce((sum, word) => sum * 65_536n + BigInt(`0x${word}`), 0n);
}

function toText(value: bigint, bits: number): string {
  const wrapped = BigInt.asUintN(bits, value);
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => String((wrapped >> shift) & 255n)).join('.');
  const hex = wrapped.toString(16).padStart(32, '0');
  return (hex.match(/.{4}/g) ?? []).join(':');
}

function randomBits(random: Random, bits: number): bigint {
  let value = 0n;
  for (let i = 0; i < bits; i += 16) value = value * 65_536n + BigInt(random.int(65_536));
  return value;
}

/** Anywhere, or close to where a range begins or ends: off by one bit or a few addresses. */
function randomAddress(random: Random): string {
  if (random.chance(0.3)) return toText(randomBits(random, 32), 32);
  if (random.chance(0.3)) return toText((1n << 125n) + (randomBits(random, 128) >> 3n), 128);
  const { bits, value } = random.pick(EDGES);
  const near = value + BigInt(random.int(5) - 2);
  if (random.chance(0.4)) return toText(near, bits);
  if (random.chance(0.5)) return toText(near ^ (1n << BigInt(random.int(bits))), bits);
  return toText(value + (randomBits(random, bits) >> BigInt(random.int(bits))), bits);
}

const SCRIPT = `import sys, ipaddress
for line in sys.stdin:
    print(ipaddress.ip_address(line.strip()).is_global)`;

describe("what is public, by Python's ipaddress", () => {
  const seed = seedOf();
  const random = new Random(seed);
  const addresses = Array.from({ length: countOf(20_000) }, () => randomAddress(random));
  const input = addresses.join('\n');
  const output = execFileSync(findProgram('python3'), ['-c', SCRIPT], { input, encoding: 'utf8', maxBuffer: 1e9 });
  const isGlobal = output
    .trim()
    .split('\n')
    .map((line) => line === 'True');

  it('has an answer to each address', () => {
    expect(isGlobal).toHaveLength(addresses.length);
    expect(isGlobal.filter(Boolean).length).toBeGreaterThan(addresses.length / 10);
    expect(isGlobal.filter((one) => !one).length).toBeGreaterThan(addresses.length / 10);
  });

  it('is all that is public to us', () => {
    const wrong = addresses.filter((ip, at) => addressKind(ip) === 'public' && !isGlobal[at]);
    expect(wrong, `FUZZ_SEED=${seed}`).toEqual([]);
  });

  it('is public to us but for what is listed here', () => {
    const wrong = addresses.filter((ip, at) => addressKind(ip) !== 'public' && isGlobal[at] && !isStricter(ip));
    expect(wrong, `FUZZ_SEED=${seed}`).toEqual([]);
  });

  it('never is what is listed here', () => {
    const wrong = addresses.filter((ip) => addressKind(ip) === 'public' && isStricter(ip));
    expect(wrong, `FUZZ_SEED=${seed}`).toEqual([]);
  });
});
