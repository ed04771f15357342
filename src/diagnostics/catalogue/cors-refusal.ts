import type { DiagnosticData } from '../diagnostic.ts';
import type { CatalogueEntry } from './entry.ts';

/** A hint beside a refused origin: `data.origin` came nearest to the entry `data.nearest`. */
function hint(message: (data: DiagnosticData) => string, mend: (data: DiagnosticData) => string): CatalogueEntry {
  return { message, mend };
}

const addOrigin = ({ origin }: DiagnosticData): string => `If it is meant, add \`${origin}\` to \`origins\`.`;

/** Why a policy refused a request, and what to write so that it doesn't. */
export const corsRefusalCatalogue = {
  'cors-refused-origin': {
    message: ({ origin, allowed }) => `The origin \`${origin}\` is not allowed; allowed: ${join(allowed)}.`,
    mend: addOrigin,
  },
  'cors-refused-null': {
    message: () => 'The origin is `null`: a page from a file, a sandboxed frame, or a redirect across origins.',
    mend: () => 'Serve the page over HTTP, or request the URL that the redirect leads to.',
  },
  'cors-refused-several-origins': {
    message: () => 'The request has more than one `Origin`, which no browser sends.',
    mend: () => 'Look for a proxy in front that adds the line a second time.',
  },
  'cors-refused-method': {
    message: ({ method, allowed }) => `The method \`${method}\` is not allowed; allowed: ${join(allowed)}.`,
    mend: ({ line }) => `Write \`${line}\`.`,
  },
  'cors-refused-malformed-method': {
    message: ({ method }) => `\`Access-Control-Request-Method\` is \`${method}\`, which is not one method.`,
    mend: () => 'Browsers send one method. Mend the client.',
  },
  'cors-refused-headers': {
    message: ({ headers }) => `Request headers that are not allowed: ${join(headers)}.`,
    mend: ({ line }) => `Write \`${line}\`, or leave the headers out in the page.`,
  },
  'cors-refused-malformed-headers': {
    message: () =>
      '`Access-Control-Request-Headers` is not a list of header names, or far longer than browsers write it.',
    mend: () => 'Mend the client, or look for a proxy that changes the line.',
  },
  'cors-hint-form': hint(
    ({ origin, nearest }) => `\`${origin}\` isn't written as a browser sends it; \`${nearest}\` is what is allowed.`,
    () => 'An origin is scheme, host and port in lower case, without a slash at the end and without a default port.',
  ),
  'cors-hint-port': hint(
    ({ nearest }) => `\`${nearest}\` is allowed: same scheme and host, another port.`,
    (data) => `${addOrigin(data)} For development any port can be allowed: \`http://localhost:*\`.`,
  ),
  'cors-hint-scheme': hint(
    ({ nearest }) => `\`${nearest}\` is allowed: same host, another scheme.`,
    () => 'Open the page over the scheme that is allowed: http and https are different origins.',
  ),
  'cors-hint-loopback': hint(
    ({ nearest }) => `\`${nearest}\` is allowed: \`localhost\`, \`127.0.0.1\` and \`[::1]\` are different origins.`,
    (data) => `Open the page at the address that is allowed. ${addOrigin(data)}`,
  ),
  'cors-hint-www': hint(
    ({ nearest }) => `\`${nearest}\` is allowed: with and without \`www.\` are different origins.`,
    addOrigin,
  ),
  'cors-hint-apex': hint(
    ({ nearest, origin }) => `\`${nearest}\` means subdomains only, and not \`${origin}\` itself.`,
    addOrigin,
  ),
  'cors-hint-subdomain': hint(({ nearest }) => `\`${nearest}\` is allowed, and its subdomains are not.`, addOrigin),
  'cors-hint-similar': hint(
    ({ nearest }) => `\`${nearest}\` is allowed, which looks alike: a slip in one of them?`,
    addOrigin,
  ),
  'cors-hint-method-case': hint(
    ({ method, upper }) =>
      `\`${upper}\` is allowed, but methods are case-sensitive and browsers send \`${method}\` as written.`,
    ({ upper }) => `Write \`method: '${upper}'\` in the page.`,
  ),
  'cors-hint-authorization': hint(
    () => '`*` in `headers` never covers `Authorization`.',
    ({ line }) => `Write \`${line}\`.`,
  ),
  'cors-hint-header-response-only': hint(
    ({ headers }) => `The page itself sends ${join(headers)}, which only a response can use.`,
    () => 'Remove it from the page: it helps nothing and causes the preflight.',
  ),
} as const satisfies Record<string, CatalogueEntry>;

function join(value: unknown): string {
  if (!Array.isArray(value)) return `\`${String(value)}\``;
  return value.length === 0 ? 'none' : value.map((item) => `\`${item}\``).join(', ');
}
