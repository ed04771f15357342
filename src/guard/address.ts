import ipaddr from 'ipaddr.js';
import { parseIpv4, parseIpv6 } from '../protocol/ip-address.ts';

/**
 * What an address leads to. Only `public` is somebody else's server on the Internet.
 * - `private`: RFC 1918, `fc00::/7`, and the deprecated `fec0::/10`; `shared`: carriers' NAT, `100.64.0.0/10`
 * - `metadata`: where clouds hand credentials to whoever asks from inside
 * - `embedded`: an IPv6 address with an IPv4 address in it, which is where a packet may come out
 * - `reserved`: documentation, benchmarks, anycast of protocols, discarded or not given out to anybody
 * - `invalid`: no address, or one that programs read differently (`010.0.0.1`)
 */
export type AddressKind =
  | 'public'
  | 'unspecified'
  | 'loopback'
  | 'private'
  | 'shared'
  | 'link-local'
  | 'metadata'
  | 'multicast'
  | 'embedded'
  | 'reserved'
  | 'invalid';

/** Amazon, Google, Azure, DigitalOcean and others; Amazon's and Google's over IPv6; Alibaba's; Oracle's; Azure's host. */
const METADATA: ReadonlySet<string> = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
]);

/** Names that stand for the network inside lift these, no others. */
const INSIDE: ReadonlySet<AddressKind> = new Set(['loopback', 'private', 'shared']);

/** What ipaddr.js calls its ranges, where it isn't `reserved` for us. */
const KINDS: Readonly<Record<string, AddressKind>> = {
  unicast: 'public',
  unspecified: 'unspecified',
  loopback: 'loopback',
  private: 'private',
  uniqueLocal: 'private',
  deprecatedSiteLocal: 'private',
  carrierGradeNat: 'shared',
  linkLocal: 'link-local',
  multicast: 'multicast',
  broadcast: 'multicast',
  ipv4Mapped: 'embedded',
  rfc6145: 'embedded',
  rfc6052: 'embedded',
  '6to4': 'embedded',
  teredo: 'embedded',
};

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * What an IP address (IPv6 without brackets, a zone id may follow) leads to. Notations that only some programs take for
 * IPv4 (`2130706433`, `0x7f.1`, `127.1`) are of the kind that they'd have, and `invalid` if that were `public`.
 */
export function addressKind(ip: string): AddressKind {
  const zone = ip.indexOf('%');
  const address = parse(zone < 0 ? ip : ip.slice(0, zone));
  if (address === undefined) {
    const kind = ipaddr.IPv4.isValid(ip) ? kindOf(ipaddr.IPv4.parse(ip)) : 'invalid';
    return kind === 'public' ? 'invalid' : kind;
  }
  const kind = kindOf(address);
  // A zone makes sense on a link only (RFC 4007 §6), and for IPv6 only.
  return zone >= 0 && kind === 'public' ? 'invalid' : kind;
}

/**
 * Whether a guard may connect to an address that `host` stands for (the address itself, or a name that resolves to it).
 * @param host as the URL Standard serialises it, without a trailing dot; IPv6 without brackets
 * @param allowPrivate see `parsePrivateEntry`; what isn't one allows nothing. A name allows private, shared and loopback
 *   addresses; an address or a range whatever is in it, with two exceptions: metadata addresses must be listed one by
 *   one, and an address that another is embedded in doesn't open the way to that one.
 */
export function mayConnect(ip: string, host: string, allowPrivate: readonly string[]): boolean {
  const kind = addressKind(ip);
  if (kind === 'public') return true;
  const address = parse(ip);
  if (address === undefined) return false;
  if (!embeddedIn(address).every((inner) => mayConnect(inner, host, allowPrivate))) return false;
  return allowPrivate.some((text) => {
    const entry = parsePrivateEntry(text);
    if (entry === undefined) return false;
    if ('name' in entry) return INSIDE.has(kind) && matchesName(entry, host);
    const { network, bits } = entry;
    const single = bits === (network.kind() === 'ipv4' ? 32 : 128);
    return network.kind() === address.kind() && address.match(network, bits) && (kind !== 'metadata' || single);
  });
}

/** One entry of `allowPrivate`, understood. */
export type PrivateEntry =
  | { readonly network: Address; readonly bits: number }
  | { readonly name: string; readonly subdomains: boolean };

/**
 * Understands an entry of `allowPrivate`: an address (`10.1.2.3`, `fd12::1`), a range (`10.1.0.0/16`), a name
 * (`intranet.example.com`), or all names below one (`*.corp.example.com`). Undefined if it's none of them.
 */
export function parsePrivateEntry(text: string): PrivateEntry | undefined {
  const [, address = '', length] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const network = parse(address);
  if (network !== undefined) {
    const most = network.kind() === 'ipv4' ? 32 : 128;
    const bits = length === undefined ? most : Number(length);
    return bits <= most ? { network, bits } : undefined;
  }
  const subdomains = text.startsWith('*.');
  const name = (subdomains ? text.slice(2) : text).toLowerCase().replace(/\.$/, '');
  // What ends in a number would be an address to the URL Standard, never a name.
  if (!NAME.test(name) || /(?:^|\.)(?:\d+|0x[\da-f]*)$/.test(name)) return undefined;
  return { name, subdomains };
}

const NAME = /^(?=.{1,253}$)[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?(?:\.[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?)*$/;

function matchesName({ name, subdomains }: { name: string; subdomains: boolean }, host: string): boolean {
  return subdomains ? host.endsWith(`.${name}`) : host === name;
}

/** An address in the one notation that everybody reads alike. */
function parse(ip: string): Address | undefined {
  const octets = parseIpv4(ip);
  if (octets !== undefined) return new ipaddr.IPv4([...octets]);
  const pieces = parseIpv6(ip);
  return pieces === undefined ? undefined : new ipaddr.IPv6([...pieces]);
}

function kindOf(address: Address): AddressKind {
  if (METADATA.has(address.toString())) return 'metadata';
  const range = address.range() as string;
  const kind = Object.hasOwn(KINDS, range) ? (KINDS[range] as AddressKind) : 'reserved';
  if (kind !== 'public' || !isIpv6(address)) return kind;
  if (embeddedIn(address).length > 0) return 'embedded';
  // All that was ever given out is in 2000::/3 (RFC 4291 §2.4, the registry of IANA).
  return ((address.parts[0] ?? 0) & 0xe000) === 0x2000 ? 'public' : 'reserved';
}

function isIpv6(address: Address): address is ipaddr.IPv6 {
  return address.kind() === 'ipv6';
}

/** The IPv4 addresses in an IPv6 address; none in most. */
function embeddedIn(address: Address): string[] {
  if (!isIpv6(address)) return [];
  const { parts } = address;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = parts;
  const at = (index: number, mask = 0): string => dotted((parts[index] ?? 0) ^ mask, (parts[index + 1] ?? 0) ^ mask);
  // 6to4 (RFC 3056 §2).
  if (a === 0x2002) return [at(1)];
  // Teredo (RFC 4380 §4): its server, and its client in disguise.
  if (a === 0x2001 && b === 0) return [at(2), at(6, 0xffff)];
  // NAT64 (RFC 6052 §2.1). Where it stands below RFC 8215's prefix is the network's own business.
  if (a === 0x64 && b === 0xff9b && c === 0 && d === 0 && e === 0 && f === 0) return [at(6)];
  // ISATAP (RFC 5214 §6.1).
  if ((e & 0xfdff) === 0 && f === 0x5efe) return [at(6)];
  if (a !== 0 || b !== 0 || c !== 0 || d !== 0) return [];
  // IPv4-mapped and -compatible (RFC 4291 §2.5.5), SIIT (RFC 2765 §2.1). The last 16 bits of :: and ::1 are no address.
  const isEmbedded = (e === 0 && (f === 0xffff || (f === 0 && (parts[6] ?? 0) !== 0))) || (e === 0xffff && f === 0);
  return isEmbedded ? [at(6)] : [];
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}
