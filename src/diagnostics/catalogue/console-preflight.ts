import type { DiagnosticData } from '../diagnostic.ts';
import { likely, type ConsoleEntry } from './console-entry.ts';
import { byReason } from './words.ts';

const statusCauses: Readonly<Record<string, string>> = {
  '301': 'It is redirected: a slash at the end, `http` to `https`, another host.',
  '302': 'It is redirected, to a login page perhaps.',
  '307': 'It is redirected: a slash at the end, `http` to `https`.',
  '308': 'It is redirected: a slash at the end, `http` to `https`.',
  '400': 'The server takes the OPTIONS for a broken request.',
  '401': "A login is asked for before CORS. A preflight never carries cookies or tokens, so it can't log in.",
  '403': "A login, a firewall or a CSRF check refuses it, or the server's CORS code doesn't know the origin.",
  '404': 'There is no route for OPTIONS at this path, or the path is wrong.',
  '405': 'The path has no handler for OPTIONS.',
  '429': 'A rate limit counts preflights.',
  '500': 'The server fails on OPTIONS: its log says why.',
  '502': "The proxy in front can't reach the server.",
  '503': 'The server is down or overloaded.',
  '504': "The server behind the proxy doesn't answer in time.",
};

const RESPONSE_ONLY = /^access-control-(?:allow|expose|max)-/i;

const listLine = (name: string, item: unknown): string => `\`${name}: ${item === undefined ? '…' : String(item)}\``;

function malformed(name: string): ConsoleEntry {
  return {
    kind: 'cors',
    step: 'H',
    probe: true,
    message: ({ value }) =>
      `\`${name}\` in the answer to the preflight is not a list of names${value === undefined || value === '' ? '' : `: \`${String(value)}\``}. One wrong item spoils the whole line.`,
    causes: () => [
      'The names are separated by blanks or semicolons instead of commas.',
      'There are quotes, brackets or colons around a name: a list of the programming language was printed as it is.',
    ],
    mend: () =>
      `Write the names, commas between them and nothing else: \`${name}: ${name.endsWith('Methods') ? 'PUT, DELETE' : 'content-type, authorization'}\`.`,
  };
}

/** What a preflight's answer can fail at. */
export const consolePreflightCatalogue = {
  'preflight-status': {
    kind: 'cors',
    step: 'F',
    probe: true,
    message: ({ status }) =>
      `The server answered the preflight (OPTIONS) with ${status === undefined ? 'an error or a redirect' : `status ${String(status)}`}; it must be 200 to 299. The request itself was never sent.`,
    causes: ({ status }) =>
      likely(
        status !== undefined && Object.hasOwn(statusCauses, String(status)) && byReason(statusCauses, status),
        status !== '401' &&
          status !== '403' &&
          'A login is asked for before CORS (401, 403). A preflight never carries cookies or tokens.',
        status !== '404' && status !== '405' && 'The path has no handler for OPTIONS (404, 405), or the path is wrong.',
        !String(status).startsWith('30') && 'It is redirected: a slash at the end, `http` to `https`, a login page.',
      ),
    mend: () => 'Answer OPTIONS with 204 and the CORS headers before login, rate limit and routing.',
  },
  'preflight-redirect': {
    kind: 'cors',
    step: 'F',
    probe: true,
    message: () =>
      "The server redirects the preflight (OPTIONS), and browsers don't follow there. The request itself was never sent.",
    causes: () => [
      'The URL has a slash too many or too few at its end.',
      'The server redirects `http` to `https`, or to `www.`.',
      "A login page is in front, and sends everybody there who isn't logged in; a preflight never is.",
    ],
    mend: () => 'Ask for the URL that the redirect leads to, and answer OPTIONS before redirects and login.',
  },
  'redirect-after-preflight': {
    kind: 'cors',
    step: 'I',
    probe: true,
    message: () => 'The request was redirected after its preflight, which browsers before 2017 refused.',
    causes: () => ["The browser is very old: today's follow, and ask the new place with a preflight of its own."],
    mend: () => 'Ask for the URL that the redirect leads to.',
  },
  'allow-methods-malformed': malformed('Access-Control-Allow-Methods'),
  'allow-headers-malformed': malformed('Access-Control-Allow-Headers'),
  'method-not-allowed': {
    kind: 'cors',
    step: 'H',
    probe: true,
    message: ({ method }) =>
      `The server allows the page, and not the method${method === undefined ? '' : ` \`${String(method)}\``}: it isn't in \`Access-Control-Allow-Methods\`.`,
    causes: ({ method }) =>
      likely(
        isLowerCase(method) &&
          `Methods are case-sensitive, and the page says \`${String(method)}\`: write \`${String(method).toUpperCase()}\` there.`,
        "The server's list of methods is that of the defaults (GET, HEAD, POST), and lacks this one.",
        'The list says `*`, which counts only for requests without credentials.',
        'The browser still remembers an older answer (`Access-Control-Max-Age`).',
      ),
    mend: ({ method }) => `Answer the preflight with ${listLine('Access-Control-Allow-Methods', method)}.`,
  },
  'header-not-allowed': {
    kind: 'cors',
    step: 'H',
    probe: true,
    message: ({ header }) =>
      `The server allows the page, and not the request header${header === undefined ? '' : ` \`${String(header)}\``}: it isn't in \`Access-Control-Allow-Headers\`.`,
    causes: (data) => headerCauses(data),
    mend: ({ header }) => {
      return RESPONSE_ONLY.test(String(header))
        ? 'Remove it from the page: only the server can send it.'
        : `Answer the preflight with ${listLine('Access-Control-Allow-Headers', header)}, or leave the header out in the page.`;
    },
  },
  'authorization-by-wildcard': {
    kind: 'warning',
    step: 'H',
    probe: true,
    message: () =>
      "Nothing is blocked yet: the server allows all headers with `*`, and by the standard that doesn't cover `Authorization`.",
    causes: () => ['`Access-Control-Allow-Headers` is `*`, and the page sends `Authorization`.'],
    mend: () => 'Name it: `Access-Control-Allow-Headers: authorization, …`.',
  },
} as const satisfies Record<string, ConsoleEntry>;

function isLowerCase(method: unknown): boolean {
  return typeof method === 'string' && /^[a-z]+$/.test(method);
}

function headerCauses({ header }: DiagnosticData): readonly string[] {
  const name = String(header).toLowerCase();
  return likely(
    RESPONSE_ONLY.test(name) &&
      'The page sends it, and it is a header for responses: there it only causes the preflight.',
    name === 'content-type' &&
      'The page sends JSON: `application/json` is not a type that a form could send, so it must be allowed.',
    name === 'authorization' &&
      "The page sends a token, and the server's list lacks `authorization`; `*` doesn't cover it.",
    /^(?:cache-control|pragma|expires|if-none-match)$/.test(name) &&
      'The page, or a library in it, asks for a fresh answer; `fetch()` has `cache` for that.',
    /^(?:traceparent|tracestate|sentry-trace|baggage|x-requested-with|x-b3-.*|x-datadog-.*)$/.test(name) &&
      'A library in the page adds it (tracing, monitoring, an HTTP client): it can be told to leave this server out.',
    !RESPONSE_ONLY.test(name) && "The server's list of headers lacks it.",
    'The list says `*`, which counts only for requests without credentials.',
    'The browser still remembers an older answer (`Access-Control-Max-Age`).',
  );
}
