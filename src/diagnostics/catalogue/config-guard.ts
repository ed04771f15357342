import type { CatalogueEntry } from './entry.ts';
import { allOf, byReason, code } from './words.ts';

const targetReasons: Readonly<Record<string, string>> = {
  'no-scheme': 'it has no `https://`',
  'not-a-url': 'it is not a URL',
  scheme: 'only `https:` and `http:` can be asked (WebSockets go through either)',
  userinfo: 'a user name in it would be seen in logs; send it with `headers: { authorization: … }`',
  query: "a target can't have a query or a fragment: what is added to each request belongs in `query`",
  port: "port 0 can't be connected to",
  host: 'its host is not the name or the address of a server',
};

const allowReasons: Readonly<Record<string, string>> = {
  form: 'it is not a method and a path',
  'method-invalid': 'the method is not one',
  'method-case': 'methods are written in capitals',
  'method-refused': 'the gateway serves neither CONNECT nor TRACE',
  wildcard: '`*` is a whole segment, and `**` the whole last one',
  param: 'parameters have no meaning here',
  'empty-segment': 'it has a segment that is empty (`//`)',
  query: 'only the path is compared, not `?` or `#`',
  separator: '`;`, `\\` and encoded slashes can be read in two ways',
  'dot-segment': '`.` and `..` are resolved before a path is compared',
  'bad-escape': '`%` must be followed by two hexadecimal digits',
  control: 'it holds a control character',
  overlong: 'it holds an invalid encoding of `.` or `/`',
};

const hostReasons: Readonly<Record<string, string>> = {
  any: 'it is every host there is',
  wildcard: '`*.` can only stand before a name, for whole labels',
  suffix: 'it covers names of many owners',
  path: 'the path is a beginning without wildcards, query and encoded slashes',
  scheme: 'only `https:` and `http:` can be asked',
  name: 'it is neither a name nor an address',
};

const hostMends: Readonly<Record<string, string>> = {
  any: 'List the hosts that pages need. On a laptop `dangerouslyAllowAnyTarget: true` does without a list.',
  path: 'Write `https://api.example.com/v1`: all below it is included.',
};

const unused: Readonly<Record<string, string>> = {
  open: 'it belongs to a guard with `target`',
  named: 'it belongs to a guard with `hosts`',
  http: 'no target is asked over TLS',
  rewrite: 'with `redirects: rewrite` the browser follows',
};

const kinds: Readonly<Record<string, string>> = {
  loopback: 'is this machine itself',
  private: 'is an address of a private network',
  shared: "is an address inside a provider's network",
  'link-local': 'is an address of the local link',
  metadata: 'is where a cloud hands out credentials',
  embedded: 'leads to an IPv4 address in disguise',
};

const headerReasons: Readonly<Record<string, string>> = {
  connection: 'is written by the gateway itself, for each connection',
  cors: 'is a CORS header, and those come from the policy alone',
};

/** What can be wrong with a guard. */
export const configGuardCatalogue = {
  'guard-no-target': {
    message: () => "This guard doesn't say whom it may ask.",
    mend: () => 'Write `target: https://api.example.com` for one API, or list `hosts` that the URL may name.',
  },
  'guard-two-forms': {
    message: ({ keys }) => `These are different kinds of guard: ${allOf(keys)}.`,
    mend: () => 'Keep one, and write another route for the other.',
  },
  'guard-target-invalid': {
    message: ({ url, reason }) => `${code(url)} can't be a guard's target: ${byReason(targetReasons, reason)}.`,
    mend: ({ suggestion }) => (suggestion === '' ? 'Write `https://api.example.com`.' : `Write ${code(suggestion)}.`),
  },
  'guard-address-private': {
    message: ({ host, kind }) =>
      `${code(host)} ${byReason(kinds, Object.hasOwn(kinds, String(kind)) ? kind : 'is no address on the public Internet')}: a guard doesn't connect there.`,
    mend: ({ host, kind }) =>
      kind === 'metadata'
        ? 'No API for pages is there: name the one that you mean.'
        : `If it's meant, add \`allowPrivate: [${quotedAddress(String(host))}]\`; for a server of your own use \`proxy\`.`,
  },
  'guard-allow-missing': {
    message: () => '`allow` is missing: whoever reaches this route could ask the API for anything, in your name.',
    mend: () => "List what pages need: `allow: ['GET /users/*']`. Everything is `'* /**'`.",
  },
  'guard-allow-invalid': {
    message: ({ value, reason }) => `${code(value)} is not a rule: ${byReason(allowReasons, reason)}.`,
    mend: ({ suggestion }) =>
      suggestion === ''
        ? 'Write a method and a path: `GET /users/*`, `GET|POST /items/**`.'
        : `Write ${code(suggestion)}.`,
  },
  'guard-allow-prefix': {
    message: ({ value, prefix }) =>
      `${code(value)} begins with the route's own path, ${code(prefix)}, which is taken off before rules are compared.`,
    mend: ({ suggestion }) => `Write ${code(suggestion)}, unless the API itself has such a path.`,
  },
  'guard-host-invalid': {
    message: ({ value, reason }) => `${code(value)} is not a host to allow: ${byReason(hostReasons, reason)}.`,
    mend: ({ reason }) =>
      byReason(
        hostMends,
        Object.hasOwn(hostMends, String(reason))
          ? reason
          : 'Write `api.example.com`, `*.example.com` or `https://api.example.com:8443/v1`.',
      ),
  },
  'guard-list-empty': {
    message: ({ key }) => `${code(key)} is an empty list, so nothing would be allowed.`,
    mend: ({ key }) => `List at least one entry, or remove ${code(key)}.`,
  },
  'guard-origins-missing': {
    message: () => 'This guard asks any listed host for any page on the web: that is an open proxy.',
    mend: () => 'Write `origins: [https://app.example.com]`, or give the route a CORS policy that lists them.',
  },
  'guard-origins-any': {
    message: () => '`*` lets every page on the web use this guard: that is an open proxy.',
    mend: () => 'List the origins of your pages.',
  },
  'guard-secret-open': {
    message: ({ key }) => `${code(key)} would be sent to whichever host the URL names.`,
    mend: () => 'Give the API that it belongs to a route of its own, with `target`.',
  },
  'guard-option-unused': {
    message: ({ key, reason }) => `${code(key)} has no effect here: ${byReason(unused, reason)}.`,
    mend: () => 'Remove it.',
  },
  'guard-path-open': {
    message: ({ path }) => `Behind ${code(path)} no URL can follow.`,
    mend: () => 'Write a fixed path that ends in `/*`: `path: /proxy/*`.',
  },
  'guard-any-target-exposed': {
    message: ({ listener }) =>
      `With \`dangerouslyAllowAnyTarget\` whoever reaches ${code(listener)} has a proxy to the whole Internet, in your name.`,
    mend: () => 'Listen to this machine only (`listen: 127.0.0.1:8080`), or list `hosts` and `origins`.',
  },
  'guard-any-target': {
    message: () =>
      'Any page that a browser on this machine opens can ask any server on the Internet through this route.',
    mend: () => 'For anything but a laptop list `hosts` and `origins`.',
  },
  'guard-header-refused': {
    message: ({ name, reason }) => `${code(name)} ${byReason(headerReasons, reason)}.`,
    mend: () => 'Remove it.',
  },
  'guard-query-invalid': {
    message: ({ name }) => `${code(name)} can't be a query parameter.`,
    mend: () => 'Write the name as the API documents it, without `=` and `&`, and name and value in valid Unicode.',
  },
  'guard-rate-by-origin': {
    message: () =>
      'No list says which origins there are: whoever is no browser could name a new one with each request.',
    mend: () => 'Give the route a CORS policy that lists origins, or count `by: client`.',
  },
  'guard-private-invalid': {
    message: ({ value }) => `${code(value)} is neither an address, nor a range of addresses, nor a name.`,
    mend: () => 'Write `10.1.2.3`, `10.1.2.0/24`, `fd12::/16`, `intranet.example.com` or `*.corp.example.com`.',
  },
  'guard-private-wide': {
    message: ({ value }) => `${code(value)} is so wide that hardly any address would be refused.`,
    mend: () => 'Name the network that the API is in: `10.1.2.0/24`.',
  },
} as const satisfies Record<string, CatalogueEntry>;

/** As YAML takes it in a list. */
function quotedAddress(host: string): string {
  return host.includes(':') ? `'${host}'` : host;
}
