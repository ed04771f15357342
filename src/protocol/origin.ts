import { endsInNumber, isIpv4Mapped, parseIpv4, parseIpv6, serializeIpv6 } from './ip-address.ts';

/** What kind of host an origin has. */
export type HostKind = 'name' | 'ipv4' | 'ipv6';

/** A tuple origin, taken apart. */
export interface Origin {
  readonly scheme: string;
  /** In lower case; an IPv6 address in its brackets. */
  readonly host: string;
  readonly hostKind: HostKind;
  /** The port as written, or `''` for the scheme's default. */
  readonly port: string;
}

/** Why a text isn't an origin as a browser serialises it. */
export type OriginProblem =
  | 'empty'
  | 'null'
  | 'comma'
  | 'whitespace'
  | 'non-ascii'
  | 'scheme-missing'
  | 'scheme-case'
  | 'scheme-invalid'
  | 'scheme-file'
  | 'userinfo'
  | 'slash'
  | 'path'
  | 'query'
  | 'fragment'
  | 'host-missing'
  | 'host-case'
  | 'host-invalid'
  | 'host-length'
  | 'ipv4'
  | 'ipv6'
  | 'ipv6-zone'
  | 'ipv6-mapped'
  | 'ipv6-form'
  | 'port-invalid'
  | 'port-default';

/** The result of `parseOrigin`. */
export type OriginResult = { readonly origin: Origin } | { readonly problem: OriginProblem };

const MAX_SCHEME = 64;
const MAX_HOST = 253;
const MAX_LABEL = 63;

const DEFAULT_PORTS: ReadonlyMap<string, string> = new Map([
  ['http', '80'],
  ['https', '443'],
  ['ws', '80'],
  ['wss', '443'],
  ['ftp', '21'],
]);

/** The longest origin that `parseOrigin` accepts: scheme, `://`, host, `:` and port. */
export const MAX_ORIGIN_LENGTH = MAX_SCHEME + 3 + MAX_HOST + 6;

/** The port a scheme stands for when none is written (URL Standard, "special scheme"), or `undefined`. */
export function defaultPort(scheme: string): string | undefined {
  return DEFAULT_PORTS.get(scheme);
}

/**
 * Takes a serialised origin apart, as strictly as a browser writes it (HTML, "serialization of an origin"): lower case,
 * no path, no default port, IPv6 compressed. `null` is a problem too, because it is no tuple origin. That the `xn--`
 * labels decode isn't looked at. Linear time.
 */
export function parseOrigin(text: string): OriginResult {
  if (text === '') return { problem: 'empty' };
  if (text === 'null') return { problem: 'null' };
  if (text.includes(',')) return { problem: 'comma' };
  const separator = text.indexOf('://');
  if (separator <= 0) return { problem: characterProblem(text) ?? schemeLess(text) };
  const scheme = text.slice(0, separator);
  const bad = schemeProblem(scheme) ?? characterProblem(text) ?? delimiterProblem(text, separator + 3);
  if (bad !== undefined) return { problem: bad };
  return parseAuthority(scheme, text.slice(separator + 3));
}

function schemeLess(text: string): OriginProblem {
  return /^file:/i.test(text) ? 'scheme-file' : 'scheme-missing';
}

function characterProblem(text: string): OriginProblem | undefined {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || code === 0x7f) return 'whitespace';
    if (code > 0x7f) return 'non-ascii';
  }
  return undefined;
}

function schemeProblem(scheme: string): OriginProblem | undefined {
  if (/^file$/i.test(scheme)) return 'scheme-file';
  if (scheme.length > MAX_SCHEME || !/^[a-z][a-z\d+.-]*$/i.test(scheme)) return 'scheme-invalid';
  return scheme === scheme.toLowerCase() ? undefined : 'scheme-case';
}

function delimiterProblem(text: string, from: number): OriginProblem | undefined {
  for (let i = from; i < text.length; i++) {
    const char = text[i];
    if (char === '@') return 'userinfo';
    if (char === '?') return 'query';
    if (char === '#') return 'fragment';
    if (char === '/' || char === '\\') return i === text.length - 1 ? 'slash' : 'path';
  }
  return undefined;
}

function parseAuthority(scheme: string, authority: string): OriginResult {
  const split = splitPort(authority);
  if (split === undefined) return { problem: 'host-invalid' };
  const { host, port } = split;
  if (host === '') return { problem: 'host-missing' };
  const kind = hostKind(host);
  if (typeof kind === 'object') return kind;
  const bad = port === undefined ? undefined : portProblem(scheme, port);
  if (bad !== undefined) return { problem: bad };
  return { origin: { scheme, host, hostKind: kind, port: port ?? '' } };
}

function splitPort(authority: string): { host: string; port: string | undefined } | undefined {
  const end = authority.startsWith('[') ? authority.indexOf(']') + 1 : authority.indexOf(':');
  if (authority.startsWith('[') && end === 0) return undefined;
  if (end === -1 || end === authority.length) return { host: authority, port: undefined };
  if (authority[end] !== ':') return undefined;
  return { host: authority.slice(0, end), port: authority.slice(end + 1) };
}

function hostKind(host: string): HostKind | { problem: OriginProblem } {
  if (host.startsWith('[')) return ipv6Kind(host.slice(1, -1));
  if (host !== host.toLowerCase()) return { problem: 'host-case' };
  if (host.length > MAX_HOST) return { problem: 'host-length' };
  if (endsInNumber(host)) return parseIpv4(host) === undefined ? { problem: 'ipv4' } : 'ipv4';
  for (const label of host.split('.')) {
    if (label.length > MAX_LABEL) return { problem: 'host-length' };
    if (!/^[\da-z_-]+$/.test(label)) return { problem: 'host-invalid' };
  }
  return 'name';
}

function ipv6Kind(text: string): HostKind | { problem: OriginProblem } {
  if (text.includes('%')) return { problem: 'ipv6-zone' };
  const address = parseIpv6(text);
  if (address === undefined) return { problem: 'ipv6' };
  if (isIpv4Mapped(address)) return { problem: 'ipv6-mapped' };
  return serializeIpv6(address) === text ? 'ipv6' : { problem: 'ipv6-form' };
}

function portProblem(scheme: string, port: string): OriginProblem | undefined {
  if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65_535) return 'port-invalid';
  return defaultPort(scheme) === port ? 'port-default' : undefined;
}

/**
 * Whether a host is this machine (Secure Contexts, 3.1): `localhost`, `*.localhost`, 127.0.0.0/8, `[::1]`. The host as
 * in `Origin.host`.
 */
export function isLoopbackHost(host: string): boolean {
  if (host === 'localhost' || host === '[::1]' || host.endsWith('.localhost')) return true;
  return host.startsWith('127.') && parseIpv4(host) !== undefined;
}
