import { splitList } from '../../protocol/field-list.ts';
import { defaultPort } from '../../protocol/origin.ts';
import { parseUrl } from '../../protocol/parse-url.ts';
import type { HeaderLines } from './request.ts';

/** Where a page's policy is asked about. */
export interface PolicyQuestion {
  readonly url: URL;
  /** The page's origin: what `'self'` means. */
  readonly pageOrigin: string;
  /** Whether a redirect led there: then paths don't count (CSP, 6.7.2.8, step 5). */
  readonly redirected: boolean;
}

/**
 * The directive of the page's Content-Security-Policy that forbids a fetch, as written, or `undefined` (CSP, 6.1.3:
 * `connect-src`, or `default-src` in its place). Every policy has to allow it.
 */
export function violatedDirective(pageHeaders: HeaderLines, question: PolicyQuestion): string | undefined {
  return pageHeaders
    .filter(([name]) => name.toLowerCase() === 'content-security-policy')
    .flatMap((line) => splitList(line[1]))
    .map((policy) => connectDirective(policy))
    .find((directive) => directive !== undefined && !allows(directive, question));
}

function connectDirective(policy: string): string | undefined {
  const directives = policy.split(';').map((text) => text.trim());
  const find = (name: string): string | undefined =>
    directives.find((text) => text.toLowerCase().split(/\s+/, 1)[0] === name);
  return find('connect-src') ?? find('default-src');
}

function allows(directive: string, question: PolicyQuestion): boolean {
  return directive
    .split(/\s+/)
    .slice(1)
    .some((source) => matchesSource(source, question));
}

const SOURCE = /^(?:([a-z][a-z\d+.-]*):\/\/)?(\*|(?:\*\.)?[a-z\d_-]+(?:\.[a-z\d_-]+)*\.?)(?::(\*|\d+))?(\/.*)?$/i;

/** CSP, 6.7.2.8: "does url match expression in origin with redirect count". */
function matchesSource(source: string, { url, pageOrigin, redirected }: PolicyQuestion): boolean {
  const self = parseUrl(pageOrigin);
  const text = source.toLowerCase();
  if (text === '*') return /^(?:https?|wss?):$/.test(url.protocol) || url.protocol === self?.protocol;
  if (text === "'self'") return self !== undefined && matchesSelf(self, url);
  if (/^[a-z][a-z\d+.-]*:$/.test(text)) return matchesScheme(text, url.protocol);
  const [, scheme, host = '', port, path] = SOURCE.exec(source) ?? [];
  if (host === '') return false;
  const from = scheme === undefined ? self?.protocol : `${scheme.toLowerCase()}:`;
  if (from === undefined || !matchesScheme(from, url.protocol)) return false;
  return (
    matchesHost(host.toLowerCase(), url.hostname) &&
    matchesPort(port, from, url) &&
    (redirected || path === undefined || matchesPath(path, url.pathname))
  );
}

function matchesSelf(self: URL, url: URL): boolean {
  return (
    url.origin === self.origin ||
    (url.hostname === self.hostname && url.protocol === 'https:' && bothDefault(self, url))
  );
}

function bothDefault(self: URL, url: URL): boolean {
  return self.port === '' && url.port === '';
}

/** A plain scheme also stands for its secure form. */
function matchesScheme(allowed: string, actual: string): boolean {
  return allowed === actual || (allowed === 'http:' && actual === 'https:');
}

function matchesHost(allowed: string, actual: string): boolean {
  if (allowed === '*') return true;
  return allowed.startsWith('*.') ? actual.endsWith(allowed.slice(1)) : allowed === actual;
}

function matchesPort(allowed: string | undefined, scheme: string, url: URL): boolean {
  if (allowed === '*') return true;
  const actual = url.port === '' ? defaultPort(url.protocol.slice(0, -1)) : url.port;
  const wanted = allowed ?? defaultPort(scheme.slice(0, -1));
  return actual === wanted || (wanted === '80' && actual === '443');
}

function matchesPath(allowed: string, actual: string): boolean {
  return allowed.endsWith('/') ? actual.startsWith(allowed) : actual === allowed;
}
