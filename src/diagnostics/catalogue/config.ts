import type { CatalogueEntry } from './entry.ts';
import { configAuthCatalogue } from './config-auth.ts';
import { configGuardCatalogue } from './config-guard.ts';
import { configRouteCatalogue } from './config-route.ts';
import { configUpstreamCatalogue } from './config-upstream.ts';
import { byReason, code, inWords, meant, oneOf } from './words.ts';

const causes: Readonly<Record<string, string>> = {
  ENOENT: "doesn't exist",
  EACCES: "can't be read: permission is denied",
  EPERM: "can't be read: permission is denied",
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'lies below something that is not a folder',
};

const yamlMends: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  BAD_INDENT: 'Line up the keys of one object, and indent what is inside of it further.',
  DUPLICATE_KEY: 'Keep one of them.',
  MULTIPLE_DOCS: 'Remove the `---`: a config is one document.',
  TAG_RESOLVE_FAILED: 'Remove the tag, or put the value in quotes.',
  MISSING_CHAR: 'Close the quote or the bracket, or put the text in quotes.',
  BLOCK_AS_IMPLICIT_KEY: 'Line up the keys of one object; put a text that holds a colon in quotes.',
  UNEXPECTED_TOKEN: 'Put a text that holds `{`, `}`, `[`, `]` or `,` in quotes, or check the brackets.',
  BAD_ALIAS: 'Put a text that begins with `*` in quotes.',
  LIMIT: 'Write it flatter.',
};

const listenReasons: Readonly<Record<string, string>> = {
  url: 'it is a URL',
  'no-port': 'the port is missing',
  star: '`*` is not an address',
  host: 'the host is neither an address nor a name',
  port: 'a port is a number from 0 to 65535',
};

const serverReasons: Readonly<Record<string, string>> = {
  'no-scheme': 'it has no `http://` or `https://`',
  'not-a-url': 'it is not a URL',
  scheme: 'only `http:` and `https:` can be proxied to (WebSockets go through either), `unix:` and `srv:`',
  userinfo: 'a URL with a user name is not supported',
  query: "a server can't have a query or a fragment",
  port: "port 0 can't be connected to",
  socket: 'it names no socket',
  'socket-length': 'the path of a socket has at most 107 bytes',
  service: 'what DNS lists servers under is `_service._tcp.name`, without a port',
};

/** Everything that can be wrong with a config; of its policies see `corsCatalogue`. */
export const configCatalogue = {
  'config-file-unreadable': {
    message: ({ file, cause }) => `The config file ${code(file)} ${byReason(causes, cause)}.`,
    mend: () => 'Name another file with `-c`, or write one: see docs/configuration.md.',
  },
  'config-module-failed': {
    message: ({ file, cause }) => `${code(file)} failed when it was run: ${String(cause)}`,
    mend: () => 'Mend the program, or what it imports; it must `export default defineConfig({ … })`.',
  },
  'config-unreadable': {
    message: ({ cause }) => `The config failed while it was read: ${String(cause)}`,
    mend: () => 'Export plain objects, lists, texts and numbers.',
  },
  'config-empty': {
    message: () => 'The config is empty.',
    mend: () => 'Write at least one route: `routes: [{ path: /*, files: ./dist }]`.',
  },
  'config-unknown-key': {
    message: ({ key }) => `There is no option ${code(key)} here.`,
    mend: (data) => meant(data),
  },
  'config-missing': {
    message: ({ key }) => `${code(key)} is missing.`,
    mend: ({ key }) => `Add ${code(key)}.`,
  },
  'config-type': {
    message: ({ value }) =>
      value === 'nothing' ? 'There is no value.' : `${quoted(value)} is the wrong kind of value.`,
    mend: ({ expected }) => `Write ${inWords(expected)}.`,
  },
  'config-value': {
    message: ({ value }) => `${quoted(value)} is not one of the values that can stand here.`,
    mend: ({ allowed }) => `Write ${oneOf(allowed)}.`,
  },
  'config-range': {
    message: ({ value, bound }) => `${code(value)} is out of range: it must be ${String(bound)}.`,
    mend: ({ bound }) => `Write a number that is ${String(bound)}.`,
  },
  'config-duration': {
    message: ({ value }) => `${quoted(value)} is not a length of time of at most 24 days.`,
    mend: () => 'Write a number with its unit: `250ms`, `5s`, `10m`, `2h`, `1h30m`; or `0` for no limit.',
  },
  'config-size': {
    message: ({ value }) => `${quoted(value)} is not a size.`,
    mend: () => 'Write a number with its unit: `512B`, `64KiB`, `10MB`, `1GiB`; or bytes as a plain number.',
  },
  'yaml-syntax': {
    message: ({ format, reason }) => `This is not valid ${String(format)}: ${String(reason)}.`,
    mend: ({ kind }) =>
      byReason(
        yamlMends,
        yamlMends[String(kind)] === undefined
          ? 'Check the quotes, brackets and indentation here and just above.'
          : kind,
      ),
  },
  'yaml-variable': {
    message: () => 'YAML reads the braces of this variable as an object of its own.',
    mend: () => "Inside of `{ }` and `[ ]` put it in quotes: `'${NAME}'`.",
  },
  'yaml-alias': {
    message: ({ name }) => `${code(`*${String(name)}`)} refers to an anchor that isn't set above.`,
    mend: ({ name }) => `Set it with ${code(`&${String(name)}`)}, or put a text that begins with \`*\` in quotes.`,
  },
  'yaml-key': {
    message: () => 'A key must be a plain text.',
    mend: () => 'Put a key that begins with `{`, `[` or `?` in quotes.',
  },
  'env-unset': {
    message: ({ name }) => `The environment variable ${code(name)} is not set.`,
    mend: ({ name }) => `Set it, or give a default: \`\${${String(name)}:-default}\`.`,
  },
  'env-syntax': {
    message: ({ text }) => `${code(text)} is not a reference to an environment variable.`,
    mend: () => 'Write `${NAME}` or `${NAME:-default}`; a literal `${` is written `$${`.',
  },
  'listen-empty': {
    message: () => '`listen` is an empty list, so nothing could connect.',
    mend: () => 'Write an address, or remove `listen` for `127.0.0.1:8080`.',
  },
  'listen-invalid': {
    message: ({ value, reason }) =>
      `${code(value)} is not an address to listen on: ${byReason(listenReasons, reason)}.`,
    mend: () => 'Write `8080` or `127.0.0.1:8080` for this machine only, `0.0.0.0:8080` or `[::]:8080` for everybody.',
  },
  'listen-twice': {
    message: ({ value }) => `${code(value)} is listed twice.`,
    mend: () => 'Remove one of them.',
  },
  'admin-token-missing': {
    message: ({ host }) => `The admin address can be reached on ${code(host)}, and asks for no token.`,
    mend: () => "Write `token: '${ADMIN_TOKEN}'` below `admin`, or listen on `127.0.0.1:9901`.",
  },
  'admin-token-weak': {
    message: ({ shortest }) =>
      `The admin token is shorter than ${String(shortest)} characters, or holds others than a header can carry.`,
    mend: () => 'Make one: `openssl rand -hex 32`.',
  },
  'traces-endpoint-invalid': {
    message: ({ value }) => `${code(value)} is not the URL of a collector.`,
    mend: () => 'Write `http://localhost:4318/v1/traces`; a password belongs into `headers`.',
  },
  'ip-range-invalid': {
    message: ({ value }) => `${code(value)} is neither an address nor a range of addresses.`,
    mend: () => 'Write `203.0.113.7`, `10.0.0.0/8` or `2001:db8::/32`.',
  },
  'ip-ranges-empty': {
    message: ({ key }) => `${code(key)} is an empty list.`,
    mend: ({ key }) => `List addresses, or take ${code(key)} away.`,
  },
  'cross-site-origin-invalid': {
    message: ({ value }) => `${code(value)} is not an origin as a browser writes it.`,
    mend: () => 'Write scheme, host and port: `https://app.example.com`.',
  },
  'trusted-proxy-invalid': {
    message: ({ value }) => `${code(value)} is neither an address nor a range of addresses.`,
    mend: () => 'Write `10.0.0.5`, `10.0.0.0/8` or `fd00::/8`.',
  },
  'trusted-proxy-everyone': {
    message: ({ value }) => `${code(value)} is everybody: any client could choose its own address, host and scheme.`,
    mend: () => 'Name the addresses of your own proxies.',
  },
  'upstream-unknown': {
    message: ({ name }) => `There is no upstream ${code(name)}.`,
    mend: (data) => {
      const name = String(data['name']);
      if (/^[\w-]+(?:\.[\w-]+)*:\d+$/.test(name)) return `Write ${code(`http://${name}`)}.`;
      return meant(data, 'Define it in `upstreams`, or write a URL.');
    },
  },
  'upstream-no-server': {
    message: ({ name }) => `The upstream ${code(name)} has no server.`,
    mend: () => 'List at least one URL.',
  },
  'upstream-unused': {
    message: ({ name }) => `No route uses the upstream ${code(name)}.`,
    mend: () => 'Remove it, or name it in a route: `proxy`.',
  },
  'upstream-loop': {
    message: ({ url }) => `${code(url)} is where this gateway itself listens: requests would go round in a circle.`,
    mend: () => 'Use another port for one of the two.',
  },
  'server-url-invalid': {
    message: ({ url, reason }) => `${code(url)} can't be a server: ${byReason(serverReasons, reason)}.`,
    mend: ({ suggestion }) => (suggestion === '' ? 'Write `http://host:port`.' : `Write ${code(suggestion)}.`),
  },
  'file-unreadable': {
    message: ({ file, cause }) => `The file ${code(file)} ${byReason(causes, cause)}.`,
    mend: () => "Mend the path: it begins at the config file's folder.",
  },
  'ca-empty': {
    message: ({ file }) => `${code(file)} holds no certificate.`,
    mend: () => 'Name a PEM file: it has lines such as `-----BEGIN CERTIFICATE-----`.',
  },
  'policy-unknown': {
    message: ({ name }) => `There is no CORS policy ${code(name)}.`,
    mend: (data) =>
      meant(data, `Define it: \`cors: { ${String(data['name'])}: { origins: [https://app.example.com] } }\`.`),
  },
  'policy-unused': {
    message: ({ name }) => `No route uses the CORS policy ${code(name)}.`,
    mend: () => 'Remove it, or name it in a route: `cors`. The policy named `default` holds for all routes.',
  },
  'report-itself': {
    message: ({ name }) => `The policy ${code(name)} would report its difference from itself.`,
    mend: () => 'Name another policy.',
  },
  ...configUpstreamCatalogue,
  ...configRouteCatalogue,
  ...configAuthCatalogue,
  ...configGuardCatalogue,
} as const satisfies Record<string, CatalogueEntry>;

/** A code of the config or of its routes. They report with this type, so that no code is without prose. */
export type ConfigCode = keyof typeof configCatalogue;

/** A text as it was written; other values are named without the marks of code. */
function quoted(value: unknown): string {
  const text = String(value);
  return /^(?:an? (?:list|object|function)|nothing)$/.test(text) ? text[0]!.toUpperCase() + text.slice(1) : code(text);
}
