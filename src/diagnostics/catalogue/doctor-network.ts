import type { DoctorEntry } from './doctor-entry.ts';
import { byReason, code } from './words.ts';

const HTTP_NETWORK = 'Fetch, HTTP-network fetch: the connection fails, and the page sees a network error';
const HTTP_REDIRECT = 'Fetch, HTTP-redirect fetch';

const faults: Readonly<Record<string, string>> = {
  url: 'the URL is not valid',
  userinfo: 'the URL holds a user name or a password',
  'method-invalid': 'the method is not valid',
  'method-forbidden': 'browsers let no page use this method',
  'method-no-cors': 'this method is not allowed in the mode `no-cors`',
  body: 'a GET or HEAD has no body',
  'header-invalid': 'a header is not valid',
};

const redirects: Readonly<Record<string, string>> = {
  'too-many': 'it goes round: browsers follow 20 redirects',
  scheme: "it isn't http or https",
  userinfo: 'it holds a user name or a password',
};

const redirectMends: Readonly<Record<string, string>> = {
  'too-many': 'Find the two rules that send to each other, often http→https in two layers, and remove one.',
  scheme: 'Send pages to an `https:` address only.',
  userinfo: 'Take the user name out of the `Location`.',
};

const dns = 'Check the spelling of the host, and whether this machine may use the DNS that knows it.';
const down = 'Start the server, or mend the port. Nothing of this is CORS: a browser says so for want of an answer.';

/** What happens before anybody looks at a CORS header, and is taken for CORS. In the order in which it is mended. */
export const doctorNetworkCatalogue = {
  'doctor-request-fault': {
    step: 'Fetch, "new Request()": a TypeError before anything is sent',
    message: ({ fault }) => `\`fetch()\` throws before anything is sent: ${byReason(faults, fault)}.`,
    mend: () => 'Mend the call in the page.',
  },
  'doctor-mode-same-origin': {
    step: 'Fetch, main fetch, step 12: the mode is "same-origin"',
    message: () => 'The page forbids itself to ask another origin: `mode` is `same-origin`.',
    mend: () => 'Leave `mode` out in the page.',
  },
  'doctor-mixed-content': {
    step: 'Mixed Content, 4.4, before CORS',
    message: ({ url }) => `The page came over https, and ${code(url)} is plain http: browsers block it before CORS.`,
    mend: () => 'Serve the API over https, and ask for `https:` in the page. No CORS header helps.',
  },
  'doctor-csp': {
    step: 'Fetch, main fetch, step 7: Content Security Policy, before CORS',
    message: ({ url, directive }) =>
      `The page's own Content-Security-Policy forbids ${code(url)} (${code(directive)}): this is not CORS.`,
    mend: ({ origin, directive }) =>
      `Add ${code(origin)} to ${code(directive === 'default-src' ? 'connect-src' : directive)} in the policy that the page is sent with.`,
  },
  'doctor-dns': {
    step: HTTP_NETWORK,
    message: ({ host }) => `The name ${code(host)} isn't known: this is not CORS.`,
    mend: () => dns,
  },
  'doctor-refused': {
    step: HTTP_NETWORK,
    message: ({ host }) =>
      `Nothing listens at ${code(host)}: the server is down or has another port. This is not CORS.`,
    mend: () => down,
  },
  'doctor-unreachable': {
    step: HTTP_NETWORK,
    message: ({ host }) => `${code(host)} can't be reached from here: this is not CORS.`,
    mend: () => 'Check VPN, firewall and address; then ask again from the machine where the page fails.',
  },
  'doctor-timeout': {
    step: HTTP_NETWORK,
    message: ({ host }) => `${code(host)} takes the connection or the request and doesn't answer: this is not CORS.`,
    mend: () => 'See what the server is waiting for: its log, its database, a request that it never read.',
  },
  'doctor-no-answer': {
    step: HTTP_NETWORK,
    message: ({ host, method }) => `${code(host)} closes the connection without answering ${code(method)}.`,
    mend: () => 'See its log for a crash; if it speaks TLS on this port, ask with `https:`.',
  },
  'doctor-not-http': {
    step: HTTP_NETWORK,
    message: ({ host }) => `What ${code(host)} answers is not HTTP.`,
    mend: () => 'Check the port: another kind of server listens there.',
  },
  'doctor-tls-expired': {
    step: HTTP_NETWORK,
    message: ({ host, detail }) =>
      `The certificate of ${code(host)} has expired (${String(detail)}): this is not CORS.`,
    mend: () => 'Renew the certificate, and have the server load it again.',
  },
  'doctor-tls-not-yet-valid': {
    step: HTTP_NETWORK,
    message: ({ host, detail }) => `The certificate of ${code(host)} isn't valid yet (from ${String(detail)}).`,
    mend: () => "Check the clocks of both machines, and the certificate's dates.",
  },
  'doctor-tls-name': {
    step: HTTP_NETWORK,
    message: ({ host, detail }) =>
      `The certificate is for another host: ${code(detail === '' ? 'none' : detail)}, not ${code(host)}.`,
    mend: () => 'Ask by a name that is in the certificate, or issue one with this name.',
  },
  'doctor-tls-untrusted': {
    step: HTTP_NETWORK,
    message: ({ host, detail }) => `Browsers don't trust the certificate of ${code(host)} (${String(detail)}).`,
    mend: () =>
      'Use a certificate of an authority that they know, with its whole chain. For a local authority: install it in the browser, and give it to the doctor with `--cacert`.',
  },
  'doctor-tls-handshake': {
    step: HTTP_NETWORK,
    message: ({ host, detail }) => `TLS can't be agreed on with ${code(host)} (${String(detail)}): this is not CORS.`,
    mend: () => 'If the server speaks plain http on this port, ask with `http:`; otherwise see its TLS versions.',
  },
  'doctor-redirect-broken': {
    step: HTTP_REDIRECT,
    message: ({ location, reason }) =>
      `The redirect to ${code(location)} can't be followed: ${byReason(redirects, reason)}.`,
    mend: ({ reason }) => byReason(redirectMends, reason),
  },
} as const satisfies Record<string, DoctorEntry>;
