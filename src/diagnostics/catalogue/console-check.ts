import type { DiagnosticData } from '../diagnostic.ts';
import { allowOriginLine, likely, pageOrigin, type ConsoleEntry } from './console-entry.ts';
import { byReason } from './words.ts';

const answerOf = ({ preflight }: DiagnosticData): string =>
  preflight === true ? "The server's answer to the preflight" : "The server's answer";

const isError = ({ status }: DiagnosticData): boolean => Number(status) >= 400;

const differences: Readonly<Record<string, string>> = {
  slash: 'An origin ends with the port or the host: the slash at the end makes it another text.',
  path: 'It has a path. An origin is scheme, host and port only.',
  comma: 'It is a list. The header takes one origin: the server must pick the one that asks.',
  whitespace: 'There is a blank or a control character in it: two origins in one line, or a slip in the config.',
  quotes: 'There are quotes in it: they came along from a config or an environment variable.',
  empty: "It is empty: a variable in the server's config is not set.",
  null: 'It is `null`: nobody who should be let in has that origin.',
  wildcard:
    'Browsers know no patterns: `*` stands alone or not at all. The server must answer with the one origin that asks.',
  'scheme-missing': 'The scheme is missing: `https://` belongs to the origin.',
  form: 'It is the right origin, and not written as a browser writes it (lower case, no default port).',
  port: 'The port differs, and ports belong to the origin.',
  scheme: 'The scheme differs: `http` and `https` are two origins.',
  loopback: '`localhost`, `127.0.0.1` and `[::1]` are three origins.',
  www: "One has `www.` and the other hasn't: two origins.",
  apex: 'One is a subdomain of the other: two origins.',
  subdomain: 'One is a subdomain of the other: two origins.',
  similar: 'They look alike: probably a slip.',
  other: 'The server is configured for another page: the one of production, or the one of a tutorial.',
  invalid: 'It is no origin at all.',
};

/** The CORS check of an answer (Fetch, "CORS check"). */
export const consoleCheckCatalogue = {
  'allow-origin-missing': {
    kind: 'cors',
    step: 'G',
    probe: true,
    message: (data) =>
      `${answerOf(data)} has no \`Access-Control-Allow-Origin\` header${data['preflight'] === true ? ', so the request itself was never sent' : ', so the browser keeps it from the page'}.`,
    causes: (data) =>
      data['preflight'] === true
        ? likely(
            'OPTIONS never reaches the code that knows CORS: a login, a router or a proxy answers first (401, 403, 404, 405).',
            'The server has no CORS configured for this path.',
            `The server's list of origins lacks ${pageOrigin(data)}, and it then leaves the header out.`,
            'The server behind a proxy is down, and the proxy answers without CORS headers (502, 503, 504).',
          )
        : likely(
            isError(data) &&
              `It is an error page (status ${String(data['status'])}), and errors leave the server without its CORS headers. Mend that error first.`,
            data['firstUrl'] !== undefined &&
              'The request was redirected, to a login page perhaps, and the place that it ended at has no CORS headers.',
            "The server has no CORS configured for this path. That it works in curl or Postman says nothing: they don't check.",
            !isError(data) &&
              'It is an error page (404, 500, 502), and errors leave the server without its CORS headers.',
            `The server's list of origins lacks ${pageOrigin(data)}, and it then leaves the header out.`,
            'A cache answers with what it stored for a request without `Origin`, as `Vary: Origin` was missing.',
          ),
    mend: (data) =>
      `Let the server send ${allowOriginLine(data)} with every answer, errors and OPTIONS included, or give page and API one origin.`,
  },
  'allow-origin-refused': {
    kind: 'cors',
    step: 'G',
    probe: true,
    message: (data) =>
      `${answerOf(data)} does not let ${pageOrigin(data)} in: \`Access-Control-Allow-Origin\` is missing, or names another origin. Safari doesn't say which.`,
    causes: (data) =>
      likely(
        isError(data) &&
          `It is an error (status ${String(data['status'])}), and errors leave the server without its CORS headers. Mend that error first.`,
        data['origin'] === 'null' &&
          'The origin is `null`: a page from a file, a sandboxed frame, or a redirect from one foreign origin to another.',
        data['redirected'] === 'yes' && 'The place that the redirect leads to has no CORS headers.',
        'The server has no CORS configured for this path, or OPTIONS never reaches the code that has.',
        'The server is configured for another origin: other port, `http` for `https`, a slash at the end.',
      ),
    mend: (data) => `Let the server send ${allowOriginLine(data)} with every answer, errors and OPTIONS included.`,
  },
  'allow-origin-several': {
    kind: 'cors',
    step: 'G',
    probe: true,
    message: (data) =>
      `${answerOf(data)} names more than one origin in \`Access-Control-Allow-Origin\`${data['value'] === undefined ? '' : ` (\`${String(data['value'])}\`)`}; browsers take exactly one.`,
    causes: ({ value }) =>
      likely(
        repeats(value)
          ? 'Two layers add the header, each its own: the application and a proxy in front of it.'
          : 'The server sends its whole list of allowed origins, instead of the one that asks.',
        repeats(value)
          ? 'The application adds it twice: in a middleware, and again in the handler.'
          : 'Two layers add the header, each its own: the application and a proxy in front of it.',
      ),
    mend: (data) =>
      `Leave CORS to one layer and remove the header from the others; it must be ${allowOriginLine(data)}, with \`Vary: Origin\`.`,
  },
  'allow-origin-wildcard-with-credentials': {
    kind: 'cors',
    step: 'G',
    probe: true,
    message: (data) =>
      `The page sends credentials (cookies), and ${answerOf(data).toLowerCase()} says \`Access-Control-Allow-Origin: *\`, which browsers don't take together.`,
    causes: ({ initiator }) =>
      likely(
        'The server is configured with `*`, which is only for requests without credentials.',
        initiator === 'XMLHttpRequest'
          ? 'The page sets `withCredentials` (`axios`: `withCredentials: true`) without need.'
          : "The page says `credentials: 'include'` (`axios`: `withCredentials: true`) without need.",
      ),
    mend: (data) =>
      `Answer with ${allowOriginLine(data)}, \`Access-Control-Allow-Credentials: true\` and \`Vary: Origin\`, or leave the credentials out in the page.`,
  },
  'allow-origin-mismatch': {
    kind: 'cors',
    step: 'G',
    probe: true,
    message: (data) =>
      `${answerOf(data)} lets ${data['value'] === undefined ? 'another origin' : `\`${String(data['value'])}\``} in, and the page has ${data['origin'] === undefined ? 'another origin' : `the origin ${pageOrigin(data)}`}.`,
    causes: ({ difference, origin }) =>
      likely(
        difference !== undefined && byReason(differences, difference),
        origin === 'null' &&
          'The origin is `null`: a page from a file, a sandboxed frame, or a redirect from one foreign origin to another.',
        difference !== 'other' && 'The server always answers with one fixed origin, whoever asks.',
        'A cache answers with what it stored for another origin, as `Vary: Origin` was missing.',
      ),
    mend: (data) =>
      `Let the server compare \`Origin\` with its list and answer with that one: ${allowOriginLine(data)}, with \`Vary: Origin\`.`,
  },
  'allow-credentials-missing': {
    kind: 'cors',
    step: 'G',
    probe: true,
    message: (data) =>
      `The page sends credentials, and ${answerOf(data).toLowerCase()} has no \`Access-Control-Allow-Credentials\`.`,
    causes: () => credentialsCauses,
    mend: () => 'Answer with `Access-Control-Allow-Credentials: true`, or leave the credentials out in the page.',
  },
  'allow-credentials-not-true': {
    kind: 'cors',
    step: 'G',
    probe: true,
    message: (data) =>
      `The page sends credentials, and in ${answerOf(data).toLowerCase()} \`Access-Control-Allow-Credentials\` is ${data['value'] === undefined ? 'missing, or not exactly `true`' : `\`${String(data['value'])}\` instead of exactly \`true\``}.`,
    causes: ({ value }) =>
      value === undefined || value === ''
        ? credentialsCauses
        : likely(
            'It is written in another way (`True`, `TRUE`, `1`): only `true` in small letters counts.',
            'Two layers add it, which gives `true, true`.',
          ),
    mend: () => 'Answer with `Access-Control-Allow-Credentials: true`, once, or leave the credentials out in the page.',
  },
  'element-denied': {
    kind: 'cors',
    step: 'G',
    probe: true,
    message: ({ kind }) =>
      `A ${kind === undefined ? 'file' : String(kind)} from another origin was asked for with CORS, and its server doesn't allow it.`,
    causes: () => [
      'The element has `crossorigin` (or is a module script, a font, a texture), and the server sends no `Access-Control-Allow-Origin`.',
      'The file was stored earlier without CORS headers, and comes from the cache.',
    ],
    mend: (data) => `Let the server send ${allowOriginLine(data)}, or remove \`crossorigin\` where nothing needs it.`,
  },
  'reason-missing': {
    kind: 'cors',
    probe: true,
    message: () =>
      'The browser blocked the request by CORS; the part of its message that says why is missing or not known.',
    causes: () => [
      'The text was cut off when it was copied.',
      'A browser newer than this version words it in another way.',
    ],
    mend: () => 'Copy the whole message, or ask the server again with the command below.',
  },
} as const satisfies Record<string, ConsoleEntry>;

const credentialsCauses: readonly string[] = [
  'The server allows the origin, and credentials are a second switch that is off.',
  "The page sends credentials without need (`credentials: 'include'`, `withCredentials`).",
];

/** Whether a list has one item twice. */
function repeats(value: unknown): boolean {
  const items = typeof value === 'string' ? value.split(',').map((item) => item.trim()) : [];
  return new Set(items).size < items.length || items.includes('*');
}
