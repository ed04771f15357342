import type { DoctorEntry } from './doctor-entry.ts';
import { byReason, code } from './words.ts';

const STATUS = 'Fetch, CORS-preflight fetch, step 7: the status must be 200 to 299';
const METHOD = 'Fetch, CORS-preflight fetch, step 7.5: method';
const HEADERS = 'Fetch, CORS-preflight fetch, step 7.7: header names';
const LISTS = 'Fetch, CORS-preflight fetch, step 7.3: both lists must parse';

const redirects: Readonly<Record<string, string>> = {
  https: 'from http to https',
  slash: 'to the same path with or without a slash at its end',
  login: 'to a login page',
  elsewhere: 'elsewhere',
};

const redirectMends: Readonly<Record<string, string>> = {
  https: 'Ask for the `https:` address in the page.',
  slash: 'Ask in the page for exactly the path that the server redirects to.',
  login: 'Answer OPTIONS before the login is asked for: put CORS in front of authentication.',
  elsewhere: 'Ask for the target in the page, or answer OPTIONS before the redirect.',
};

/** What a preflight fails on. The order is that in which causes hide each other. */
export const doctorPreflightCatalogue = {
  'doctor-client-sends-response-header': {
    step: HEADERS,
    message: ({ name }) =>
      `The page itself sends ${code(name)}, which only a response can use; that causes the preflight.`,
    mend: ({ name }) => `Remove ${code(name)} from the page's call.`,
  },
  'doctor-method-case': {
    step: METHOD,
    message: ({ method }) =>
      `The page asks with ${code(method)}; methods are case-sensitive and browsers leave this one as it is.`,
    mend: ({ upper }) => `Write \`method: '${String(upper)}'\` in the page.`,
  },
  'doctor-preflight-redirect': {
    step: STATUS,
    // The others are mended in the page.
    policy: ({ reason }) => reason === 'login' || reason === 'elsewhere',
    message: ({ location, reason }) =>
      `The preflight is redirected ${byReason(redirects, reason)} (${code(location)}); browsers don't follow that.`,
    mend: ({ reason }) => byReason(redirectMends, reason),
  },
  'doctor-preflight-auth': {
    step: STATUS,
    policy: true,
    message: ({ status }) =>
      `The preflight is answered ${String(status)}: authentication comes before CORS, and preflights never carry credentials.`,
    mend: () => 'Answer OPTIONS before authentication: CORS first, then auth.',
  },
  'doctor-preflight-unrouted': {
    step: STATUS,
    policy: true,
    message: ({ status }) => `The preflight is answered ${String(status)}: no route takes OPTIONS for this path.`,
    mend: () => 'Answer OPTIONS for every path that pages ask, in the one layer that holds the policy.',
  },
  'doctor-preflight-status': {
    step: STATUS,
    policy: true,
    message: ({ status }) => `The preflight is answered ${String(status)}, and only 200 to 299 pass.`,
    mend: () => 'Answer OPTIONS with 204 before the request reaches what fails.',
  },
  'doctor-preflight-no-answer': {
    step: STATUS,
    policy: true,
    message: () => 'OPTIONS gets no answer at all, though other requests do: something on the way drops the preflight.',
    mend: () => 'Let OPTIONS pass in firewalls and WAFs, and answer it in the layer that holds the policy.',
  },
  'doctor-preflight-no-policy': {
    step: 'Fetch, CORS-preflight fetch, step 7: the CORS check',
    policy: true,
    message: () =>
      'The request itself would be allowed, but the answer to OPTIONS has no `Access-Control-Allow-Origin`.',
    mend: () => 'Apply the policy to OPTIONS too.',
  },
  'doctor-method-not-allowed': {
    step: METHOD,
    policy: true,
    message: ({ method, allowed }) => `The method ${code(method)} isn't allowed; allowed are: ${code(allowed)}.`,
    mend: ({ method }) => `Add ${code(method)} to \`Access-Control-Allow-Methods\`.`,
  },
  'doctor-header-not-allowed': {
    step: HEADERS,
    policy: true,
    message: ({ name, allowed }) => `The request header ${code(name)} isn't allowed; allowed are: ${code(allowed)}.`,
    mend: ({ name }) => `Add ${code(name)} to \`Access-Control-Allow-Headers\`, or leave it out in the page.`,
  },
  'doctor-wildcard-list-with-credentials': {
    step: METHOD,
    policy: true,
    message: ({ header }) => `${code(header)} is \`*\`, which means nothing in a request with credentials.`,
    mend: ({ missing }) => `Name what is allowed: ${code(missing)}.`,
  },
  'doctor-list-malformed': {
    step: LISTS,
    policy: true,
    message: ({ header, value }) =>
      `${code(header)} isn't a list of names: ${code(value)}. Browsers throw all of it away.`,
    mend: () => 'Write names with commas between them, without quotes, spaces in names, or semicolons.',
  },
} as const satisfies Record<string, DoctorEntry>;
