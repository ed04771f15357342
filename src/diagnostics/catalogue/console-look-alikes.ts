import { likely, type ConsoleEntry } from './console-entry.ts';

/** What reads like CORS and is something else. */
export const consoleLookAlikeCatalogue = {
  'content-security-policy': {
    kind: 'look-alike',
    step: 'B',
    probe: false,
    message: () =>
      "The page's own Content-Security-Policy forbids this request. The server that was asked has no part in it.",
    causes: ({ detail }) =>
      likely(
        `The directive ${detail === undefined || detail === '' ? '`connect-src` (or `default-src`)' : `\`${String(detail)}\``} lacks the server's origin.`,
        'The request was redirected to an origin that the policy lacks.',
      ),
    mend: () => 'Add the origin to the directive, where the page is served: its header or its `<meta>`.',
  },
  'mixed-content': {
    kind: 'look-alike',
    step: 'N',
    probe: false,
    message: () => 'The page came over https and asks by plain http, which browsers block before anything is sent.',
    causes: () => [
      'The URL of the API begins with `http:`.',
      'The server redirects from https to http, behind a proxy that ends TLS.',
    ],
    mend: () => "Ask by https, or by a path on the page's own origin.",
  },
  'resource-policy': {
    kind: 'look-alike',
    step: 'J',
    probe: true,
    message: () => "The server's `Cross-Origin-Resource-Policy` keeps other sites from embedding this. It is not CORS.",
    causes: () => [
      'The server says `Cross-Origin-Resource-Policy: same-origin` or `same-site`; helmet for Express does by default.',
      "The page asks without CORS: an `<img>`, a `<script>`, or `mode: 'no-cors'`.",
    ],
    mend: () =>
      'Answer with `Cross-Origin-Resource-Policy: cross-origin`, or ask with CORS (`crossorigin` on the element).',
  },
  'coep-blocked': {
    kind: 'look-alike',
    step: 'J',
    probe: true,
    message: () =>
      "The page's `Cross-Origin-Embedder-Policy` lets in only what says that it may be embedded, and this doesn't say so.",
    causes: () => [
      'The page is cross-origin isolated (for `SharedArrayBuffer`), and the server sends no `Cross-Origin-Resource-Policy`.',
    ],
    mend: () =>
      'Answer with `Cross-Origin-Resource-Policy: cross-origin`, or ask with CORS (`crossorigin` on the element).',
  },
  'orb-blocked': {
    kind: 'look-alike',
    step: 'J',
    probe: true,
    message: () =>
      'An element of the page asked for a script, an image or a video, and got something else: the browser throws it away.',
    causes: () => [
      'The URL answers with JSON or an error page in HTML.',
      "JSON is fetched by `<script>` or with `mode: 'no-cors'`.",
    ],
    mend: () => 'Open the URL and look at what it answers; fetch data with CORS.',
  },
  'content-blocked': {
    kind: 'look-alike',
    step: 'B',
    probe: false,
    message: () =>
      "An extension or the browser's protection against tracking blocked the request. The server never saw it.",
    causes: () => [
      'An ad blocker takes the URL for advertising or tracking (`/ads`, `/analytics`, `/collect`, `/track`).',
      'A rule of an administrator, or the tracking protection.',
    ],
    mend: () => "Try a private window without extensions; name the path otherwise, or serve it from the page's origin.",
  },
  'cookie-rejected': {
    kind: 'look-alike',
    step: 'O',
    probe: false,
    message: ({ detail }) =>
      `The cookie${detail === undefined ? '' : ` \`${String(detail)}\``} isn't stored, because the request goes to another site.`,
    causes: () => [
      'Its `SameSite` is `Lax`, which is the default, or `Strict`.',
      'It has `SameSite=None` without `Secure`.',
    ],
    mend: () => 'Set it with `SameSite=None; Secure` over https, or give page and API one origin.',
  },
  'frame-access': {
    kind: 'look-alike',
    probe: false,
    message: () => 'A page may not look into a frame of another origin. No CORS header changes that.',
    causes: () => ['The page reads `contentWindow.document` of a foreign frame, or an extension or a tool does.'],
    mend: () => 'Let the two talk by `postMessage`, or serve both from one origin.',
  },
  'tainted-canvas': {
    kind: 'look-alike',
    step: 'J',
    probe: false,
    message: () =>
      "An image from another origin was drawn onto the canvas without CORS, so the canvas can't be read any more.",
    causes: () => [
      'The `<img>` lacks `crossorigin`.',
      'The server of the image sends no `Access-Control-Allow-Origin`.',
    ],
    mend: () => 'Set `crossOrigin = "anonymous"` before `src`, and let the server allow the origin.',
  },
  'websocket-failed': {
    kind: 'look-alike',
    probe: false,
    message: () =>
      "The WebSocket was not opened. CORS doesn't apply to WebSockets: the server, a proxy or the network said no.",
    causes: () => [
      "Nothing listens there, or a proxy in between doesn't pass upgrades on.",
      'The server looks at `Origin` and refuses the page (403).',
      'The page is https and the URL `ws:` instead of `wss:`.',
    ],
    mend: () => "Look at the status in the Network tab, and at the server's log.",
  },
  'mime-type': {
    kind: 'look-alike',
    step: 'J',
    probe: false,
    message: () => 'A script was asked for, and something else came, mostly an HTML page.',
    causes: () => [
      'The path is wrong, and the server answers everything with `index.html`.',
      'A login page was sent instead.',
    ],
    mend: () => 'Open the URL and look at what it answers.',
  },
} as const satisfies Record<string, ConsoleEntry>;
