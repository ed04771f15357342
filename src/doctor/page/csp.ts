/** What stops a request in a page's own Content-Security-Policy. */
export interface CspRefusal {
  /** `connect-src`, or `default-src` where the page has no other. */
  readonly directive: string;
  /** The directive as it stands in the policy. */
  readonly text: string;
}

/** The first of a page's policies that forbids scripts to ask a URL; undefined if none does. CSP 3, 6.1.2 and 6.7.2. */
export function cspRefusal(policies: readonly string[], url: string, pageUrl: string): CspRefusal | undefined {
  // Several policies in one line, or in several, all hold (CSP 3, 2.2.2).
  for (const policy of policies.flatMap((line) => line.split(','))) {
    const directives = directivesOf(policy);
    const name = ['connect-src', 'default-src'].find((each) => directives.has(each));
    const sources = name === undefined ? undefined : directives.get(name);
    if (name === undefined || sources === undefined) continue;
    if (!sources.some((source) => matches(source, new URL(url), new URL(pageUrl)))) {
      return { directive: name, text: [name, ...sources].join(' ') };
    }
  }
  return undefined;
}

/** Directives by name; of several with one name the first counts. */
function directivesOf(policy: string): Map<string, string[]> {
  const directives = new Map<string, string[]>();
  for (const part of policy.split(';')) {
    const [name = '', ...sources] = part.trim().split(/[\t\n\f\r ]+/);
    const key = name.toLowerCase();
    if (key !== '' && !directives.has(key)) directives.set(key, sources);
  }
  return directives;
}

const HOST_SOURCE =
  /^(?:([a-z][a-z\d+.-]*):\/\/)?(\*|(?:\*\.)?[\w-]+(?:\.[\w-]+)*|\[[\da-f:.]+\])(?::(\d+|\*))?(\/[^?#]*)?$/i;

/** CSP 3, 6.7.2.7: "does url match expression in origin". */
function matches(source: string, url: URL, page: URL): boolean {
  const text = source.toLowerCase();
  if (text === "'none'") return false;
  if (text === "'self'") return url.origin === page.origin || isUpgrade(page, url);
  // `*` means what is fetched over the network, and the page's own scheme.
  if (text === '*') return /^(?:https?|wss?):$/.test(url.protocol) || url.protocol === page.protocol;
  const scheme = /^([a-z][a-z\d+.-]*):$/.exec(text)?.[1];
  if (scheme !== undefined) return schemeMatches(scheme, url);
  const [, ownScheme, host, port, path] = HOST_SOURCE.exec(source) ?? [];
  if (host === undefined) return false;
  return (
    schemeMatches(ownScheme?.toLowerCase() ?? page.protocol.slice(0, -1), url) &&
    hostMatches(host.toLowerCase(), url.hostname) &&
    portMatches(port, url) &&
    pathMatches(path, url.pathname)
  );
}

/** `'self'` of an http page also means the same host over TLS, on default ports. */
function isUpgrade(page: URL, url: URL): boolean {
  return (
    page.hostname === url.hostname && page.protocol === 'http:' && url.protocol === 'https:' && url.port === page.port
  );
}

/** CSP 3, 6.7.2.9: http also stands for https. */
function schemeMatches(scheme: string, { protocol }: URL): boolean {
  return `${scheme}:` === protocol || (scheme === 'http' && protocol === 'https:');
}

function hostMatches(host: string, asked: string): boolean {
  if (host === '*') return true;
  return host.startsWith('*.') ? asked.endsWith(host.slice(1)) : host === asked;
}

/** CSP 3, 6.7.2.11: without a port only the scheme's default; 80 also stands for 443. */
function portMatches(port: string | undefined, { port: asked, protocol }: URL): boolean {
  const actual = asked === '' ? (protocol === 'https:' ? '443' : '80') : asked;
  if (port === '*' || port === actual) return true;
  if (port === undefined) return asked === '';
  return port === '80' && actual === '443';
}

/** CSP 3, 6.7.2.12: a path that ends with a slash is a prefix, any other is the whole. */
function pathMatches(path: string | undefined, asked: string): boolean {
  if (path === undefined || path === '/') return true;
  return path.endsWith('/') ? asked.startsWith(path) : asked === path;
}
