import { isIdnLabel } from '../protocol/punycode.ts';
import { parseUrl } from '../protocol/parse-url.ts';
import type { Target } from './model.ts';
import { refuse, type GuardRefusal } from './refusal.ts';

/** A URL taken apart: whom to ask, and for what. */
export interface ParsedTarget {
  readonly target: Target;
  /** Path and query as they're sent (`/…`). A fragment is dropped. */
  readonly path: string;
}

/** Scheme and authority of a URL that everybody reads alike; what follows is its path and query. */
const ABSOLUTE = /^(https?):\/\/([^/?#]+)/i;

/**
 * Understands the URL of a server that somebody names, by the URL Standard but more strictly: what some programs read in
 * another way is refused. Numbers as hosts (`0x7f.1`) become the address they stand for, names lower case and punycode,
 * one trailing dot is dropped.
 */
export function parseTargetUrl(text: string): ParsedTarget | GuardRefusal {
  const fail = (detail: string): GuardRefusal => refuse('guard-url-invalid', detail);
  const [start = '', scheme = '', authority = ''] = ABSOLUTE.exec(text) ?? [];
  if (start === '') return fail(whatIsMissing(text));
  // The parser of the standard drops tabs and line breaks, and trims.
  // oxlint-disable-next-line no-control-regex
  if (/[\0-\x20\x7f]/.test(text)) return fail('The URL holds a space or a control character.');
  if (text.replace(/[?#].*$/s, '').includes('\\')) return fail('The URL holds a backslash.');
  if (authority.includes('@')) return fail('The URL holds a user name.');
  // Zero to the URL Standard, and no number to C libraries.
  if (/(?:^|\.)0x(?:[.:]|$)/i.test(authority)) return fail('The host of the URL holds a number without digits.');
  if (authority.includes('%')) return fail('The host of the URL is percent-encoded.');
  const url = parseUrl(text);
  if (url === undefined) return fail('The URL is not valid.');
  const protocol = scheme.toLowerCase() === 'https' ? 'https' : 'http';
  const host = hostOf(url.hostname);
  if (host === undefined) return fail('The host of the URL is not a name or an address.');
  const port = url.port === '' ? defaultPortOf(protocol) : Number(url.port);
  if (port === 0) return fail("Port 0 can't be connected to.");
  return { target: { protocol, host, port }, path: url.pathname + url.search };
}

function whatIsMissing(text: string): string {
  const [, scheme] = /^([a-z][a-z\d+.-]*):/i.exec(text) ?? [];
  if (scheme === undefined) return 'The URL has no scheme.';
  return /^https?$/i.test(scheme) ? 'The URL has no host.' : 'Only http and https URLs can be asked.';
}

/** The port that a scheme stands for. */
export function defaultPortOf(protocol: Target['protocol']): number {
  return protocol === 'https' ? 443 : 80;
}

const NAME = /^(?=.{1,253}$)[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?(?:\.[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?)*$/;

/** A host that the URL Standard's parser has serialised, as in `Target.host`; undefined if no server can have it. */
function hostOf(hostname: string): string | undefined {
  if (hostname.startsWith('[')) return hostname.slice(1, -1);
  const name = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
  if (!NAME.test(name)) return undefined;
  const idn = name.split('.').filter((label) => label.startsWith('xn--'));
  return idn.every(isIdnLabel) ? name : undefined;
}

/** Whether two targets are one server, and one origin. */
export function isSameTarget(a: Target, b: Target): boolean {
  return a.protocol === b.protocol && a.host === b.host && a.port === b.port;
}

/** A target as the beginning of a URL, and as an Origin: `https://api.example.com`, `http://[::1]:8080`. */
export function originOfTarget({ protocol, host, port }: Target): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `${protocol}://${name}${port === defaultPortOf(protocol) ? '' : `:${port}`}`;
}
