import { isIpv4Mapped, parseIpv4, parseIpv6, serializeIpv6 } from './ip-address.ts';

/** What a proxy says of a connection before its first byte (the PROXY protocol, versions 1 and 2). */
export interface ProxyHeader {
  /** Bytes of the header; what follows is the client's. */
  readonly length: number;
  /** The client's address; undefined: the proxy speaks for itself, or can't say, and the connection's own address counts. */
  readonly client: string | undefined;
  /** Whether the client speaks TLS with the proxy. */
  readonly encrypted: boolean;
}

/** §2.1: the longest line there is, with its CRLF. */
const MAX_LINE = 107;
/** §2.2: what every header of version 2 begins with. */
const SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
const FIXED = 16;
/** A header fits into one segment (536 bytes) by the specification; certificates' names can make it longer. */
const MAX_LENGTH = 4096;

const LF = 0x0a;

/** §2.2: TCP or UDP over IPv4 and IPv6, and Unix sockets, with the bytes that their addresses take; 0: unspecified. */
const FAMILIES: ReadonlyMap<number, number> = new Map([
  [0x00, 0],
  [0x11, 12],
  [0x12, 12],
  [0x21, 36],
  [0x22, 36],
  [0x31, 216],
  [0x32, 216],
]);
const TCP4 = 0x11;
const TCP6 = 0x21;

const TYPE_CRC32C = 0x03;
const TYPE_SSL = 0x20;
const CLIENT_SSL = 0x01;

/** Understands the header at the beginning of `bytes`: more of it is needed, or it's none. */
export function parseProxyHeader(bytes: Uint8Array): ProxyHeader | 'more' | 'malformed' {
  return bytes[0] === SIGNATURE[0] ? parseBinary(bytes) : parseLine(bytes);
}

/** §2.1. */
function parseLine(bytes: Uint8Array): ProxyHeader | 'more' | 'malformed' {
  const end = bytes.subarray(0, MAX_LINE).indexOf(LF) + 1;
  const text = String.fromCharCode(...bytes.subarray(0, end === 0 ? MAX_LINE : end));
  if (end === 0) return text.length < MAX_LINE && 'PROXY '.startsWith(text.slice(0, 6)) ? 'more' : 'malformed';
  if (/^PROXY UNKNOWN(?: [^\r\n]*)?\r\n$/.test(text)) return { length: end, client: undefined, encrypted: false };
  const match = /^PROXY TCP([46]) ([\da-fA-F.:]+) ([\da-fA-F.:]+) (\d{1,5}) (\d{1,5})\r\n$/.exec(text);
  if (match === null) return 'malformed';
  const [, family, source = '', destination = '', ...ports] = match;
  const canonical = family === '4' ? canonicalIpv4 : canonicalIpv6;
  const client = canonical(source);
  if (client === undefined || canonical(destination) === undefined || !ports.every(isPort)) return 'malformed';
  return { length: end, client, encrypted: false };
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9]\d*)$/.test(text) && Number(text) <= 65_535;
}

function canonicalIpv4(text: string): string | undefined {
  return parseIpv4(text) === undefined ? undefined : text;
}

/** An IPv4 address in the clothes of IPv6 is the IPv4 address, as everywhere else. */
function canonicalIpv6(text: string): string | undefined {
  const pieces = text.includes('.') ? undefined : parseIpv6(text);
  return pieces === undefined ? undefined : textOf(pieces);
}

function textOf(pieces: readonly number[]): string {
  const [high = 0, low = 0] = pieces.slice(6);
  return isIpv4Mapped(pieces) ? [high >> 8, high & 255, low >> 8, low & 255].join('.') : serializeIpv6(pieces);
}

/** §2.2. */
function parseBinary(bytes: Uint8Array): ProxyHeader | 'more' | 'malformed' {
  const known = Math.min(bytes.length, SIGNATURE.length);
  for (let i = 0; i < known; i++) if (bytes[i] !== SIGNATURE[i]) return 'malformed';
  if (bytes.length < FIXED) return 'more';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [version, command] = [view.getUint8(12) >> 4, view.getUint8(12) & 15];
  const length = FIXED + view.getUint16(14);
  if (version !== 2 || command > 1 || length > MAX_LENGTH) return 'malformed';
  if (bytes.length < length) return 'more';
  const own = { length, client: undefined, encrypted: false };
  // LOCAL: the proxy itself, as for a health check; whatever else is said is to be ignored.
  if (command === 0) return own;
  const family = view.getUint8(13);
  const addresses = FAMILIES.get(family);
  if (addresses === undefined || FIXED + addresses > length) return 'malformed';
  if (addresses === 0) return own;
  const vectors = readVectors(bytes.subarray(0, length), FIXED + addresses);
  if (vectors === undefined) return 'malformed';
  return { length, client: clientOf(bytes, view, family), encrypted: vectors.encrypted };
}

function clientOf(bytes: Uint8Array, view: DataView, family: number): string | undefined {
  if (family === TCP4) return bytes.subarray(FIXED, FIXED + 4).join('.');
  if (family !== TCP6) return undefined;
  return textOf(Array.from({ length: 8 }, (_, i) => view.getUint16(FIXED + i * 2)));
}

/** §2.2: what follows the addresses, type, length and value each. Undefined: it's malformed, or its checksum is wrong. */
function readVectors(header: Uint8Array, begin: number): { readonly encrypted: boolean } | undefined {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  let encrypted = false;
  for (let at = begin; at < header.length;) {
    if (at + 3 > header.length) return undefined;
    const [type, length, value] = [view.getUint8(at), view.getUint16(at + 1), at + 3];
    at = value + length;
    if (at > header.length) return undefined;
    if (type === TYPE_CRC32C && (length !== 4 || !hasChecksum(header, view, value))) return undefined;
    // §2.2.6: a byte of flags, and four of how the client's certificate was found.
    if (type === TYPE_SSL && length < 5) return undefined;
    if (type === TYPE_SSL) encrypted = (view.getUint8(value) & CLIENT_SSL) !== 0;
  }
  return { encrypted };
}

/** §2.2.3: that of the header with zeros in its own place. */
function hasChecksum(header: Uint8Array, view: DataView, at: number): boolean {
  // Not `slice`: Node's buffers don't copy there.
  const zeroed = new Uint8Array(header).fill(0, at, at + 4);
  return crc32c(zeroed) === view.getUint32(at);
}

/** RFC 4960, appendix B: the Castagnoli polynomial, its bits in reverse. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
