import type { CatalogueEntry } from './entry.ts';
import { allOf, byReason, code, oneOf } from './words.ts';

const pathReasons: Readonly<Record<string, string>> = {
  'no-slash': 'it does not begin with `/`',
  query: 'routes match the path only, not `?` or `#`',
  'empty-segment': 'it has a segment that is empty (`//`)',
  'param-name': 'the name of a parameter is letters, digits and `_`',
  'param-twice': 'the same parameter stands there twice',
  'inner-wildcard': '`*` can only be the whole last segment',
  separator: '`;`, `\\` and encoded slashes can be read in two ways',
  'dot-segment': 'browsers remove `.` and `..` before they send a path',
  'bad-escape': '`%` must be followed by two hexadecimal digits',
  control: 'it holds a control character',
  overlong: 'it holds an invalid encoding of `.` or `/`',
};

const pathMends: Readonly<Record<string, string>> = {
  'inner-wildcard': 'For one segment write a parameter, `/users/:id/posts`; for all below write `/files/*`.',
  'param-name': 'Write `/users/:id`; a parameter is a whole segment.',
};

const hostReasons: Readonly<Record<string, string>> = {
  scheme: 'it is a URL, and only the name is matched',
  port: "the port isn't matched",
  wildcard: '`*` can only be the whole first label',
  name: 'it is not a host name',
};

const folderCauses: Readonly<Record<string, string>> = {
  ENOENT: "doesn't exist",
  EACCES: "can't be read: permission is denied",
  ENOTDIR: 'lies below something that is not a folder',
};

/** What can be wrong with routes and their actions. */
export const configRouteCatalogue = {
  'routes-none': {
    message: () => 'There is no route, so every request would be answered with 404.',
    mend: () => 'Write at least one: `routes: [{ path: /*, files: ./dist }]`.',
  },
  'route-no-action': {
    message: () => "This route doesn't say what answers.",
    mend: ({ actions }) => `Add one of ${oneOf(actions)}.`,
  },
  'route-two-actions': {
    message: ({ actions }) => `${allOf(actions)} can't answer the same request.`,
    mend: () => 'Keep one, and write another route for the other.',
  },
  'route-option-unused': {
    message: ({ key, action }) => `${code(key)} has no effect on a route with ${code(action)}.`,
    mend: ({ key, actions }) => `Remove it: ${code(key)} belongs to ${oneOf(actions)}.`,
  },
  'route-tie': {
    message: ({ route, other, otherAt, otherLine }) => {
      const where = otherLine === undefined ? String(otherAt) : `${String(otherAt)}, line ${String(otherLine)}`;
      return `${code(route)} and ${code(other)} (${where}) match the same requests, and neither is more specific.`;
    },
    mend: () => 'Remove one, or tell them apart by host, path, method or header.',
  },
  'route-name-twice': {
    message: ({ name }) => `Another route is named ${code(name)} too.`,
    mend: () => 'Give every route a name of its own, or none.',
  },
  'route-path-invalid': {
    message: ({ path, reason }) => `${code(path)} is not a path to match: ${byReason(pathReasons, reason)}.`,
    mend: ({ reason }) =>
      byReason(
        pathMends,
        Object.hasOwn(pathMends, String(reason)) ? reason : 'Write `/a/b`, `/users/:id` or `/api/*`.',
      ),
  },
  'route-host-invalid': {
    message: ({ host, reason }) => `${code(host)} is not a host to match: ${byReason(hostReasons, reason)}.`,
    mend: () => 'Write `api.example.com`, or `*.example.com` for every name below it.',
  },
  'method-invalid': {
    message: ({ method }) => `${code(method)} is not a method.`,
    mend: () => 'Write `GET` or `[GET, POST]`.',
  },
  'method-case': {
    message: ({ method }) => `${code(method)} never matches: methods are case-sensitive.`,
    mend: ({ method }) => `Write ${code(String(method).toUpperCase())}.`,
  },
  'method-refused': {
    message: ({ method }) =>
      method === 'CONNECT'
        ? '`CONNECT` never matches: the gateway is no forward proxy and refuses it.'
        : `${code(method)} never matches: its answer would show what proxies add to requests, so the gateway refuses it.`,
    mend: () => 'Remove it.',
  },
  'header-name-invalid': {
    message: ({ name }) => `${code(name)} is not the name of a header.`,
    mend: () => 'Write letters, digits and hyphens: `x-api-version`.',
  },
  'header-value-invalid': {
    message: ({ name }) => `The value of ${code(name)} can't stand in a header.`,
    mend: () => 'Remove line breaks, control characters, letters beyond Latin-1, and spaces at either end.',
  },
  'strip-prefix-invalid': {
    message: ({ value }) => `${code(value)} is not a prefix to strip.`,
    mend: () => 'Write whole segments, with a slash at the beginning and none at the end: `/api`.',
  },
  'strip-prefix-mismatch': {
    message: ({ value, path }) => `Not every path of this route begins with ${code(value)}: it matches ${code(path)}.`,
    mend: ({ value }) => `Change \`path\` to ${code(`${String(value)}/*`)}, or strip what it begins with.`,
  },
  'rewrite-invalid': {
    message: ({ value }) => `${code(value)} is not a path to forward to.`,
    mend: () => 'Write a path without query: `/new/:id/*`. The query is forwarded as it is.',
  },
  'rewrite-and-strip': {
    message: () => '`rewrite` sets the whole path, so `stripPrefix` would have nothing to do.',
    mend: () => 'Keep one of them.',
  },
  'template-param-unknown': {
    message: ({ name }) => `${code(name === '*' ? '*' : `:${String(name)}`)} isn't in this route's path.`,
    mend: ({ known }) => {
      const names = (known as readonly string[]).map((name) => (name === '*' ? name : `:${name}`));
      return names.length === 0 ? 'Add it to `path`.' : `Add it to \`path\`, or use ${oneOf(names)}.`;
    },
  },
  'files-missing': {
    message: ({ folder, cause }) => `The folder ${code(folder)} ${byReason(folderCauses, cause)}.`,
    mend: () => "Build it first, or mend the path: it begins at the config file's folder.",
  },
  'files-not-a-folder': {
    message: ({ folder }) => `${code(folder)} is not a folder.`,
    mend: () => 'Name the folder that the file is in.',
  },
  'fallback-invalid': {
    message: ({ value }) => `${code(value)} is not a file below the folder.`,
    mend: () => 'Write its path as in a URL: `/index.html`.',
  },
  'index-invalid': {
    message: ({ value }) => `${code(value)} is not the name of a file.`,
    mend: () => 'Write a name without slashes: `index.html`.',
  },
  'redirect-invalid': {
    message: ({ value }) => `${code(value)} is no place to redirect to.`,
    mend: () => 'Write a path (`/new/*`) or a URL (`https://example.com/*`); only its path is filled in.',
  },
  'redirect-loop': {
    message: ({ to }) => `${code(to)} is matched by this route again: the browser would be sent round in a circle.`,
    mend: () => 'Give the target a route of its own that is more specific, or narrow `path`.',
  },
  'respond-no-body': {
    message: ({ status }) => `A response with status ${String(status)} has no body.`,
    mend: () => 'Remove `body`, or answer with another status.',
  },
  'respond-framing': {
    message: ({ name }) => `${code(name)} is written by the gateway itself.`,
    mend: () => 'Remove it.',
  },
  'respond-cors': {
    message: ({ name }) =>
      `${code(name)} would be a second place for CORS headers, and two of them contradict each other.`,
    mend: () => "Remove it, and set this route's `cors` policy.",
  },
} as const satisfies Record<string, CatalogueEntry>;
