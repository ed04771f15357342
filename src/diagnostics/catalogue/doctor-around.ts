import type { DoctorEntry } from './doctor-entry.ts';
import { allOf, byReason, code } from './words.ts';

const cookies: Readonly<Record<string, string>> = {
  'not-included': "the page doesn't ask with `credentials: 'include'`",
  'same-site': 'without `SameSite=None`, and page and API are different sites',
  secure: '`SameSite=None` needs `Secure`',
};

const maxAges: Readonly<Record<string, string>> = {
  absent: 'is missing: browsers ask again after 5 seconds',
  zero: 'keeps nothing: every request is asked twice',
  malformed: "isn't a number: browsers ask again after 5 seconds, Firefox each time",
};

/** What is found around the question: it doesn't block this request, or not with CORS. */
export const doctorAroundCatalogue = {
  'doctor-opaque': {
    step: 'Fetch, main fetch: the mode is "no-cors", the response is opaque',
    message: () =>
      'With `mode: no-cors` the request is sent, and the page may read nothing of the answer: status 0, empty body.',
    policy: ({ allowed }) => allowed !== true,
    mend: ({ allowed }) =>
      allowed === true
        ? "Remove `mode: 'no-cors'`: the server lets this page read."
        : "Remove `mode: 'no-cors'`, and mend CORS at the server.",
  },
  'doctor-not-sent': {
    step: 'none: the doctor changes nothing without leave',
    message: ({ method, status }) =>
      `The ${code(method)} itself wasn't sent; a GET in its place got ${String(status)}, which doesn't tell.`,
    mend: () => 'Ask again with `--send` where the request may really be carried out.',
  },
  'doctor-cookie': {
    step: 'RFC 6265bis, 5.7 and 5.8: which cookies are stored and sent',
    message: ({ names, reason }) => {
      const isOne = !Array.isArray(names) || names.length < 2;
      const which = isOne ? `The cookie ${allOf(names)} is` : `The cookies ${allOf(names)} are`;
      return `${which} not stored and sent for this page: ${byReason(cookies, reason)}.`;
    },
    mend: ({ reason }) =>
      reason === 'not-included'
        ? "Write `credentials: 'include'` in the page, and allow credentials at the server."
        : // Without `Partitioned` it isn't kept where third-party cookies are blocked.
          'Set it with `SameSite=None; Secure; Partitioned` over https, or give page and API the same site.',
  },
  'doctor-header-unexposed': {
    step: 'Fetch, CORS filtered response: `Access-Control-Expose-Headers`',
    policy: true,
    message: ({ names }) => `The page reads \`null\` for ${allOf(names)}: not exposed.`,
    mend: ({ names }) => `Send \`Access-Control-Expose-Headers: ${Array.isArray(names) ? names.join(', ') : ''}\`.`,
  },
  'doctor-local-network': {
    step: 'Local Network Access: a page of a wider network asks a narrower one',
    message: ({ address, space, page, pageSpace, pageAddress, reason }) => {
      const where = space === 'loopback' ? "the visitor's own machine" : 'on a private network';
      const at = pageAddress === '' ? code(page) : `${code(page)} (${code(pageAddress)})`;
      const from = pageSpace === 'local' ? 'on a private network' : 'public';
      const both = `${code(address)} is ${where}, and the page, at ${at}, is ${from}`;
      return reason === 'insecure'
        ? `${both}: Chrome lets only https pages ask there.`
        : `${both}: Chrome asks the visitor for leave first, and a no looks like CORS.`;
    },
    mend: ({ reason }) =>
      reason === 'insecure'
        ? 'Serve the page over https, or from the same network or machine. No response header helps.'
        : 'Serve the page from the same network or machine, or tell visitors to allow it. No response header helps.',
  },
  'doctor-error-path-no-policy': {
    step: 'Fetch, CORS check, step 2, on an error response',
    policy: true,
    message: ({ status, path }) =>
      `Errors have no CORS headers (${code(path)}: ${String(status)}): pages will see "CORS" instead of the ${String(status)}.`,
    mend: () => 'Put the policy on every answer, errors included.',
  },
  'doctor-no-vary': {
    step: 'RFC 9111, 4.1: a cache may reuse the answer for another origin',
    policy: true,
    message: ({ cases }) =>
      `\`Access-Control-Allow-Origin\` depends on who asks, without \`Vary: Origin\` (${String(cases)}).`,
    mend: () => 'Send `Vary: Origin` always: also when no Origin came, and when it is refused.',
  },
  'doctor-any-origin': {
    step: 'Fetch, CORS check, with a stranger as origin',
    policy: true,
    message: ({ origin, credentials }) =>
      credentials === true
        ? `Every site may read answers as the visitor: ${code(origin)} is let in, with credentials.`
        : `Every site is let in: ${code(origin)} gets its own name back.`,
    mend: () => 'List the origins; compare whole strings.',
  },
  'doctor-max-age': {
    step: 'Fetch, CORS-preflight fetch, step 7.8: how long a preflight is remembered',
    policy: true,
    message: ({ value, reason }) =>
      reason === 'capped'
        ? `\`Access-Control-Max-Age: ${String(value)}\` is more than Chrome keeps (7200; Safari 600).`
        : `\`Access-Control-Max-Age\` ${byReason(maxAges, reason)}.`,
    mend: () => 'Send `Access-Control-Max-Age: 7200`.',
  },
  'doctor-authorization-by-wildcard': {
    step: 'Fetch, CORS-preflight fetch, step 7.6: `*` never covers Authorization',
    policy: true,
    message: () => '`Authorization` passes by `Access-Control-Allow-Headers: *`, which the standard says it must not.',
    mend: () => 'Name it: `Access-Control-Allow-Headers: authorization`.',
  },
  'doctor-response-header-in-request': {
    step: 'Fetch, CORS-unsafe request-header names',
    message: ({ name }) =>
      `The page sends ${code(name)}, which only a response can use; it does nothing but cause a preflight.`,
    mend: () => "Remove it from the page's call.",
  },
  'doctor-browsers-differ': {
    step: 'the engines, where they leave the standard',
    message: ({ browser, step }) => `${String(browser)} refuses the same answers, at ${code(step)}.`,
    mend: () => 'Write the policy so that it needs no leniency: plain lists, one value a header.',
  },
  'doctor-duplicate-line': {
    step: 'Fetch, "get": several lines are joined by a comma',
    policy: true,
    message: ({ header, where }) => `${code(header)} comes several times (${String(where)}): two layers hold a policy.`,
    mend: () => 'Let exactly one layer add CORS headers.',
  },
  'doctor-address-fails': {
    step: 'Fetch, obtain a connection: browsers try the addresses in turn',
    message: ({ address, detail }) =>
      `One of the host's addresses doesn't take connections: ${code(address)} (${String(detail)}).`,
    mend: () => 'Listen on both `127.0.0.1` and `::1`, or take the address out of the DNS.',
  },
} as const satisfies Record<string, DoctorEntry>;
