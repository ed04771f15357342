import type { CatalogueEntry } from './entry.ts';
import { byReason, code } from './words.ts';

const unusedReasons: Readonly<Record<string, string>> = {
  queue: 'without `maxRequests` no request ever waits',
  resolve: 'no server of this upstream has a name',
};

const unusedMends: Readonly<Record<string, string>> = {
  queue: 'Say with `maxRequests` how many requests a server may have at a time, or remove it.',
};

/** What can be wrong with how an upstream spreads its requests. */
export const configUpstreamCatalogue = {
  'server-twice': {
    message: ({ url }) => `${code(url)} is listed twice.`,
    mend: ({ url }) =>
      `Remove one of them; for a larger share of the requests write \`{ url: ${String(url)}, weight: 2 }\`.`,
  },
  'upstream-option-unused': {
    message: ({ key, reason }) => `${code(key)} has no effect here: ${byReason(unusedReasons, reason)}.`,
    mend: ({ reason }) => unusedMends[String(reason)] ?? 'Remove it.',
  },
  'cookie-name-invalid': {
    message: ({ name }) => `${code(name)} can't be the name of a cookie.`,
    mend: () => 'Name one in `cookie`: letters, digits, `-` and `_`.',
  },
  'cookie-path-invalid': {
    message: ({ value }) => `${code(value)} can't be the path of a cookie.`,
    mend: () => 'Write a path that begins with `/`, without spaces and semicolons.',
  },
  'sticky-secret-short': {
    message: ({ min }) => `The secret has fewer than ${String(min)} characters: it could be guessed.`,
    mend: () => 'Make one with `openssl rand -base64 24`, and keep it in a variable: `secret: ${STICKY_SECRET}`.',
  },
  'health-path-invalid': {
    message: ({ value }) => `${code(value)} is not a path to ask for.`,
    mend: () => 'Write it as in a URL: `/health` or `/health?deep=1`.',
  },
  'health-host-invalid': {
    message: ({ value }) => `${code(value)} can't stand in \`Host\`.`,
    mend: () => 'Write a name, with a port if need be: `api.example.com`.',
  },
  'back-off-order': {
    message: ({ maxFor, for: first }) => `\`maxFor\` (${String(maxFor)}) is shorter than \`for\` (${String(first)}).`,
    mend: () =>
      'The first time is `for`, each further one twice as long, and `maxFor` the longest: make it the larger one.',
  },
  'resolver-invalid': {
    message: ({ value }) => `${code(value)} is not the address of a DNS server.`,
    mend: () => 'Write an address, with a port where it is not 53: `192.0.2.53`, `127.0.0.1:5300`, `[::1]:5300`.',
  },
} as const satisfies Record<string, CatalogueEntry>;
