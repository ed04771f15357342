import { likely, type ConsoleEntry } from './console-entry.ts';

const network = { kind: 'look-alike', probe: true } as const;

/** No answer that a browser could check; and what is printed beside a cause. */
export const consoleNetworkCatalogue = {
  'no-response': {
    ...network,
    message: () => 'The request failed before there was an answer that CORS could be checked on.',
    causes: () => [
      'The server is down, or listens on another port or address.',
      "Its certificate isn't accepted: open the URL in a tab and see.",
      'An ad blocker, a VPN or a firewall stops it.',
      'The preflight failed, or a redirect did: then another message of the console says why.',
    ],
    mend: () => 'Open the URL in a tab; if that fails too, it is not CORS.',
  },
  'name-not-resolved': {
    ...network,
    message: () => 'The name of the server leads nowhere: DNS knows no address for it.',
    causes: () => [
      'A slip in the host name.',
      'A name of a container or of an internal network is used in a page.',
      'DNS or VPN is off.',
    ],
    mend: () => "Use a name that the browser's machine can resolve.",
  },
  'connection-refused': {
    ...network,
    message: () => 'Nothing listens at that address and port.',
    causes: () => [
      "The server isn't running, or crashed.",
      'It listens on another port, or on `::1` only while the page asks `127.0.0.1`.',
      "In a container: the port isn't published, or the server listens on the container's `127.0.0.1`.",
    ],
    mend: () => 'Start it, and compare the port.',
  },
  'host-unreachable': {
    ...network,
    message: () => "The server can't be reached: no network, or no answer in time.",
    causes: () => [
      'This machine is offline, or the VPN is.',
      'A firewall drops what is sent.',
      'The server is overloaded.',
    ],
    mend: () => 'Try the URL with curl from the same machine.',
  },
  'connection-lost': {
    ...network,
    message: () => 'The connection was closed in the middle, before the answer was whole.',
    causes: () => [
      'The server crashed on this request: its log says why.',
      'TLS was spoken to a port of plain http, or the other way round.',
      'A proxy closed it after a timeout.',
    ],
    mend: () => 'Look at the log of the server and of the proxy at that moment.',
  },
  'certificate-invalid': {
    ...network,
    message: () => "The browser doesn't accept the server's certificate, so there was no request.",
    causes: ({ error }) =>
      likely(
        error !== undefined && `Chrome names it: \`${String(error)}\`.`,
        'It is self-signed, for development.',
        'It has expired, is for another name, or its chain is incomplete.',
      ),
    mend: () => 'Open the URL in a tab to see the certificate; take one that the browser trusts.',
  },
  'tls-failed': {
    ...network,
    message: () => "Browser and server couldn't agree on TLS, so there was no request.",
    causes: () => [
      'The URL says `https:` and the port speaks plain http.',
      'The server offers only versions or ciphers that browsers no longer take.',
    ],
    mend: () => 'Try `http:`, or the port that speaks TLS.',
  },
  'response-malformed': {
    ...network,
    message: () => "The server answered with something that isn't valid HTTP, or with less than it promised.",
    causes: () => [
      'Another protocol is spoken at that port.',
      'The server crashed in the middle of the answer, or counts `Content-Length` wrongly.',
      'Two layers set a header that may come only once.',
    ],
    mend: () => 'Look at the bytes: `curl -sv URL`.',
  },
  'response-rejected': {
    kind: 'follow-up',
    step: 'G',
    probe: true,
    message: ({ status }) =>
      `An answer came${status === undefined ? '' : ` with status ${String(status)}`}, and the browser kept it from the page. Another message says why.`,
    causes: () => [
      "The CORS check failed: `Access-Control-Allow-Origin` is missing or doesn't fit.",
      'A Cross-Origin-Resource-Policy, or a broken body.',
    ],
    mend: () => 'Paste the whole console: the line that begins `Access to` names the cause.',
  },
  'blocked-follow-up': {
    kind: 'follow-up',
    probe: true,
    message: () => 'The request was blocked; this line never says why. The one above it does.',
    causes: () => ['A CORS check failed, or a Content-Security-Policy or the network did.'],
    mend: () => 'Paste the whole console, the lines before this one included.',
  },
  'fetch-rejected': {
    kind: 'follow-up',
    probe: true,
    message: () =>
      "This is all that a page's script gets to know, whatever went wrong: CORS, the network, TLS, an ad blocker.",
    causes: () => [
      "A CORS check failed: then the console has a message of the browser's own, which names the cause.",
      "The server is down, its certificate isn't accepted, or an extension blocks the request.",
    ],
    mend: () => 'Open the console of the developer tools and paste what it says.',
  },
  'http-error-status': {
    kind: 'look-alike',
    step: 'J',
    probe: true,
    message: ({ status }) =>
      `The server answered with an error${status === undefined ? '' : `: status ${String(status)}`}. For CORS any status is fine, if the headers are there.`,
    causes: ({ status }) =>
      likely(
        status === '401' &&
          "The page isn't logged in: cookies aren't sent without `credentials: 'include'`, and not cross-site with `SameSite=Lax`.",
        status === '404' && 'The path is wrong, or a proxy cuts or keeps its prefix.',
        Number(status) >= 500 && 'The server, or the one behind it, failed: its log says why.',
        'A CORS message beside it means that errors leave the server without its CORS headers.',
      ),
    mend: () => 'Mend the error itself first; then let errors carry the CORS headers too.',
  },
} as const satisfies Record<string, ConsoleEntry>;
