import type { DoctorEntry } from './doctor-entry.ts';
import { byReason, code } from './words.ts';

const stops: Readonly<Record<string, string>> = {
  extension: 'an extension of the browser, or its settings, forbids it',
  csp: "the page's own Content-Security-Policy forbids it",
  policy: 'its `Cross-Origin-Resource-Policy`, or the embedder policy of the page, forbids it',
  'local-network': 'a page may not ask the local network without leave',
  port: 'browsers connect to no such port',
  offline: 'the browser was offline',
};

const stopMends: Readonly<Record<string, string>> = {
  extension: 'Ask again in a profile without extensions: ad blockers go by the URL.',
  csp: 'Name the API in `connect-src` of the policy that the page is sent with.',
  policy: 'Send `Cross-Origin-Resource-Policy: cross-origin` with what other sites may embed.',
  'local-network': 'Serve the page from the same network, or allow it in the site settings. No response header helps.',
  port: 'Have the server listen on another port.',
  offline: 'Record it again.',
};

const untold: Readonly<Record<string, string>> = {
  answer: 'there is no answer in it, and not why',
  request: 'there is the preflight, and not the request',
  redirect: 'there is a redirect, and not what came of it',
  stored: 'the answer is 304, and the headers that were stored before are missing',
};

/** What recordings show, or fail to. */
export const doctorHarCatalogue = {
  'doctor-har-stopped': {
    step: 'none: the browser says so itself, before CORS is looked at',
    message: ({ reason, said }) =>
      `The browser stops it: ${byReason(stops, reason)} (${code(said)}). This is not CORS.`,
    mend: ({ reason }) => byReason(stopMends, reason),
  },
  'doctor-har-no-preflight': {
    step: 'Fetch, CORS-preflight fetch: a preflight is due before the request',
    message: ({ why, passed }) =>
      passed === true
        ? `A preflight was due: ${String(why)}. The recording holds no preflight; as the request was answered, it passed.`
        : `A preflight was due: ${String(why)}. The recording holds no preflight and no answer: most likely it was refused.`,
    mend: ({ command, passed }) =>
      passed === true
        ? 'To see it, record it again in Chrome or Firefox.'
        : `Ask the server: ${code(command)}. Or record it again, in Chrome or Firefox.`,
  },
  'doctor-har-untold': {
    step: 'none: the recording does not tell',
    message: ({ reason, said }) =>
      `The recording does not tell: ${byReason(untold, reason)}${said === undefined || said === '' ? '' : ` (the browser says ${code(said)})`}.`,
    mend: ({ command }) =>
      command === undefined ? 'See the console of the browser.' : `Ask the server: ${code(command)}.`,
  },
  'doctor-har-differs': {
    step: 'none: what the browser did and what it recorded differ',
    message: ({ blocked, said }) =>
      blocked === true
        ? `The browser refused the answer (${code(said)}), and by what is recorded it could have been read.`
        : 'By what is recorded the page could not read the answer, and the browser let it.',
    mend: ({ blocked }) =>
      blocked === true
        ? 'Look into the console of the browser: `oneorigin explain` says what it means.'
        : 'Look for an extension or a flag that turns CORS off, a service worker, or a proxy that changed the recording.',
  },
  'doctor-har-credentials': {
    step: 'Fetch, CORS check, steps 3 and 7: with credentials',
    policy: true,
    message: ({ step }) =>
      `The recording does not tell the credentials mode. With \`credentials: 'include'\` it would be blocked (${code(step)}).`,
    mend: () => "If the page writes `credentials: 'include'`, ask again with `--credentials include`.",
  },
} as const satisfies Record<string, DoctorEntry>;
