import type { DiagnosticData } from '../diagnostic.ts';
import type { CatalogueEntry } from './entry.ts';

/** An entry about one origin in the options; `data.value` is what was written. */
function origin(what: string, mend: string): CatalogueEntry {
  return {
    message: ({ value }: DiagnosticData) => `\`${value}\` is not an origin that a browser would send: ${what}.`,
    mend: () => mend,
  };
}

const LOWER = 'Write it in lower case, as browsers do.';
const BARE = 'Write scheme, host and port only: `https://app.example.com`.';

/** How `origins` can be written wrong. */
export const corsOriginCatalogue = {
  'cors-origin-empty': origin('it is empty', BARE),
  'cors-origin-null': {
    message: () => '`null` is the origin of every sandboxed frame and every local file: listing it trusts all of them.',
    mend: () =>
      'Serve the page over HTTP and list its origin. If you truly need `null`, add `dangerouslyAllowNullOrigin: true`.',
  },
  'cors-origin-comma': origin('it is a list', 'Write each origin as an entry of its own.'),
  'cors-origin-whitespace': origin(
    'it contains a space or a control character',
    'Write one origin an entry, without spaces.',
  ),
  'cors-origin-non-ascii': origin(
    'it contains characters beyond ASCII',
    'Write the host as browsers send it, in its `xn--` form: `new URL(…).origin` shows it.',
  ),
  'cors-origin-scheme-missing': origin('it has no scheme', BARE),
  'cors-origin-scheme-case': origin('its scheme is not in lower case', LOWER),
  'cors-origin-scheme-invalid': origin('its scheme is malformed or longer than 64 characters', BARE),
  'cors-origin-scheme-file': origin(
    'pages opened from a file have the origin `null`',
    'Serve the page over HTTP, for instance on `http://localhost:5173`, and list that.',
  ),
  'cors-origin-userinfo': origin('it contains a user name', BARE),
  'cors-origin-slash': origin('it ends in a slash', 'Remove the slash at the end.'),
  'cors-origin-path': origin('it has a path', BARE),
  'cors-origin-query': origin('it has a query', BARE),
  'cors-origin-fragment': origin('it has a fragment', BARE),
  'cors-origin-host-missing': origin('it has no host', BARE),
  'cors-origin-host-case': origin('its host is not in lower case', LOWER),
  'cors-origin-host-invalid': origin('its host is malformed', BARE),
  'cors-origin-host-length': origin(
    'its host is longer than 253 characters, or a label of it longer than 63',
    'Write a host that DNS allows.',
  ),
  'cors-origin-ipv4': origin(
    'its host ends in a number but is no IPv4 address',
    'Write four decimal numbers from 0 to 255 without leading zeros.',
  ),
  'cors-origin-ipv6': origin('its host is no IPv6 address', 'Write the address in brackets: `http://[::1]:3000`.'),
  'cors-origin-ipv6-zone': origin('URLs have no zone identifiers', 'Remove `%` and what follows it.'),
  'cors-origin-ipv6-mapped': origin(
    'its host is an IPv4 address in IPv6 form',
    'Write the IPv4 address itself: `http://127.0.0.1`.',
  ),
  'cors-origin-ipv6-form': origin(
    'its IPv6 address is not in the shortest form',
    'Write it in lower case and compressed: `new URL(…).origin` shows it.',
  ),
  'cors-origin-port-invalid': origin(
    'its port is not a number from 1 to 65535 without leading zeros',
    'Write the port as the address bar shows it, or `*` for any.',
  ),
  'cors-origin-port-default': origin("its port is the scheme's default, which browsers leave out", 'Remove the port.'),
  'cors-origin-idna': origin(
    'an `xn--` label of its host does not decode',
    'Write the host as browsers send it: `new URL(…).origin` shows it.',
  ),
  'cors-origin-too-long': origin('it is too long', BARE),
  'cors-origin-wildcard': {
    message: ({ value }) => `\`${value}\` has a \`*\` where none can be.`,
    mend: () =>
      'A `*` may be the first label as a whole (`https://*.example.com`), part of one label (`https://pr-*.example.com`), or the port (`http://localhost:*`); one of each at most. For more use `{ regex: … }`.',
  },
  'cors-origin-wildcard-host': {
    message: ({ value }) => `\`${value}\` has a \`*\` in an IP address or in an \`xn--\` label.`,
    mend: () => 'List the addresses one by one.',
  },
  'cors-origin-wildcard-scheme': {
    message: ({ value }) => `\`${value}\` has a \`*\` in the host of a scheme other than http and https.`,
    mend: () => 'List the origins one by one.',
  },
} as const satisfies Record<string, CatalogueEntry>;
