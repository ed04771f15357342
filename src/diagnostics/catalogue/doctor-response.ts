import type { DoctorEntry } from './doctor-entry.ts';
import { byReason, code } from './words.ts';

const MISSING = 'Fetch, CORS check, step 2: `Access-Control-Allow-Origin` is missing';
const UNEQUAL = 'Fetch, CORS check, step 4: the value must be the origin, byte for byte';
const CREDENTIALS = 'Fetch, CORS check, step 7: `Access-Control-Allow-Credentials` must be `true`';

const differences: Readonly<Record<string, string>> = {
  slash: 'it ends with a slash or has a path',
  case: 'it differs in upper and lower case',
  scheme: 'it has another scheme',
  port: 'it has another port',
  loopback: '`localhost`, `127.0.0.1` and `[::1]` are different origins',
  www: 'with and without `www.` are different origins',
  pattern: 'a pattern means nothing to browsers; only a whole `*` does',
  quoted: 'it stands in quotes',
  null: '`null` is the origin of files and sandboxes',
  other: 'it is another origin',
};

/** What an answer fails on. The order is that in which causes hide each other. */
export const doctorResponseCatalogue = {
  'doctor-cached-without-vary': {
    step: 'RFC 9111, 4.1, then Fetch, CORS check: a stored answer made for somebody else',
    policy: true,
    message: ({ header }) =>
      `A cache hands out an answer that was made for another origin${header === '' ? '' : ` (${code(header)})`}; past the cache it passes.`,
    mend: () =>
      'Send `Vary: Origin` with every answer of this path, with and without CORS headers; then purge the cache.',
  },
  'doctor-duplicate': {
    step: 'Fetch, "get": several lines are joined by a comma; then CORS check, step 4',
    policy: true,
    message: ({ header, count }) =>
      `${code(header)} comes ${String(count)} times: two layers add it, and browsers take that for one wrong value.`,
    mend: () =>
      'Let exactly one layer add CORS headers: remove them in the other, or have the outer one drop what it gets.',
  },
  'doctor-origin-list': {
    step: UNEQUAL,
    policy: true,
    message: ({ value }) => `\`Access-Control-Allow-Origin\` holds several origins (${code(value)}); it may hold one.`,
    mend: ({ origin }) => `Keep the list at the server, and send back the one that asks: ${code(origin)}.`,
  },
  'doctor-wildcard-credentials': {
    step: 'Fetch, CORS check, step 3: `*` passes only without credentials',
    policy: true,
    message: () => '`Access-Control-Allow-Origin` is `*`, and the page sends credentials: with those it must be named.',
    mend: ({ origin }) => `Send ${code(origin)} instead of \`*\`, or leave \`credentials: 'include'\` out in the page.`,
  },
  'doctor-redirect-null-origin': {
    step: 'Fetch, HTTP-redirect fetch: an origin that a redirect tainted is `null`',
    message: ({ location }) =>
      `After a redirect from one foreign origin to another the browser says \`Origin: null\`, which ${code(location)} refuses.`,
    mend: () => 'Ask for the target of the redirect in the page.',
  },
  'doctor-origin-null': {
    step: UNEQUAL,
    message: () =>
      'The page has no origin (`null`): it is a file on disk or in a sandbox, and nobody should let that in.',
    mend: () => 'Serve the page over http, from `http://localhost` for instance, and allow that origin.',
  },
  'doctor-redirect-login': {
    step: 'Fetch, HTTP-redirect fetch, then the CORS check of the hop',
    // Where the redirect itself fails, so will the 401 that takes its place.
    policy: ({ covered }) => covered !== true,
    message: ({ location }) =>
      `The request is redirected to a login page (${code(String(location).replace(/\?.*/, ''))}): the session is missing or over. This is not CORS.`,
    mend: () =>
      'Have the API answer 401 (with CORS headers) instead of a redirect, and let the page send the visitor to log in.',
  },
  'doctor-redirect-no-policy': {
    step: 'Fetch, HTTP fetch: each cross-origin redirect must pass the CORS check too',
    policy: true,
    message: ({ location }) =>
      `The redirect to ${code(location)} has no CORS headers of its own, so browsers don't follow it.`,
    mend: () => 'Ask for the target in the page, or put the policy on redirects too.',
  },
  'doctor-upstream-down': {
    step: MISSING,
    message: ({ status }) =>
      `A gateway answers ${String(status)}: what it asks behind it is down or fails. CORS comes second.`,
    mend: () =>
      'Mend what stands behind the gateway; then put CORS headers on its errors too, so that pages see the status.',
  },
  'doctor-error-no-policy': {
    step: MISSING,
    policy: true,
    message: ({ status }) =>
      `The answer is an error (${String(status)}), and errors here have no CORS headers, so it looks like CORS.`,
    mend: ({ status }) => `Mend the ${String(status)} itself; and put the policy on every answer, errors included.`,
  },
  'doctor-origin-mismatch': {
    step: UNEQUAL,
    policy: true,
    message: ({ value, origin, reason }) =>
      `Allowed is ${code(value)}, and the page is ${code(origin)}: ${byReason(differences, reason)}.`,
    mend: ({ origin }) => `Allow exactly ${code(origin)}, or open the page at the origin that is allowed.`,
  },
  'doctor-origin-not-listed': {
    step: MISSING,
    policy: true,
    message: ({ origin }) => `There is a CORS policy here, and ${code(origin)} isn't in its list.`,
    mend: ({ origin }) => `Add ${code(origin)} to the allowed origins.`,
  },
  'doctor-no-policy': {
    step: MISSING,
    policy: true,
    message: () =>
      "The server has no CORS policy: no `Access-Control-Allow-Origin`. Postman and curl don't ask for one, browsers do.",
    mend: ({ origin }) => `Allow ${code(origin)} in one layer, or give page and API one origin with \`oneorigin dev\`.`,
  },
  'doctor-credentials-missing': {
    step: CREDENTIALS,
    policy: true,
    message: () => 'The page sends credentials, and `Access-Control-Allow-Credentials: true` is missing.',
    mend: () => "Add it, or leave `credentials: 'include'` out in the page.",
  },
  'doctor-credentials-malformed': {
    step: CREDENTIALS,
    policy: true,
    message: ({ value }) =>
      `\`Access-Control-Allow-Credentials\` is ${code(value)}; only \`true\`, in lower case and once, counts.`,
    mend: () => 'Send `Access-Control-Allow-Credentials: true`.',
  },
} as const satisfies Record<string, DoctorEntry>;
