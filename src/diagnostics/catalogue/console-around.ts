import { likely, type ConsoleEntry } from './console-entry.ts';

const PERMISSION =
  'Ask from a page over https that has the permission, or give page and API one origin on the same network.';

/** What happens before and after the CORS checks: schemes, redirects, modes, the local network. */
export const consoleAroundCatalogue = {
  'request-fault': {
    kind: 'look-alike',
    step: 'A',
    probe: false,
    message: () => "The page's call is not a valid request: `fetch()` throws before anything is sent.",
    causes: () => [
      'A GET or a HEAD has a body.',
      'The method or the name of a header is no token: it is empty, or has a blank, a colon or a line break in it.',
      'The method is CONNECT, TRACE or TRACK, or is not GET, HEAD or POST with `no-cors`.',
      "The URL can't be read, or has a user name or password in it.",
    ],
    mend: () => 'Mend the call in the page; the server has no part in it.',
  },
  scheme: {
    kind: 'cors',
    step: 'B',
    probe: false,
    message: ({ scheme }) =>
      `Browsers ask other origins only by \`http:\` and \`https:\`${scheme === undefined ? '' : `, not by \`${String(scheme)}:\``}.`,
    causes: ({ origin, url, firstUrl }) =>
      likely(
        firstUrl !== undefined && 'The server redirects to a URL that is not `http:` or `https:`.',
        (origin === 'null' || String(url).startsWith('file:') || firstUrl === undefined) &&
          'The page was opened from a file (`file://`): it has no origin, and may load nothing.',
        'The URL lacks `http://` (`localhost:8000` reads as a scheme named `localhost`).',
      ),
    mend: () => 'Serve the page over HTTP (`oneorigin dev /=5173`), and write the whole URL.',
  },
  'cors-disabled': {
    kind: 'cors',
    step: 'B',
    probe: false,
    message: () => 'CORS is switched off in this Firefox, so every request to another origin fails.',
    causes: () => ['The preference `content.cors.disable` is `true` in `about:config`.'],
    mend: () => 'Set `content.cors.disable` back to `false`.',
  },
  'same-origin-mode': {
    kind: 'cors',
    step: 'B',
    probe: false,
    message: () =>
      'The page may load this from its own origin only, and the URL lies on another, or a redirect led there.',
    causes: () => [
      "The page says `mode: 'same-origin'`.",
      'It is a worker, a frame or an SVG `<use>`: they are loaded from the same origin only.',
      'The URL has another port, scheme or host than the page, or the page is a file.',
    ],
    mend: () => "Leave `mode: 'same-origin'` out, or serve the resource from the page's origin.",
  },
  'no-cors-redirect-mode': {
    kind: 'cors',
    step: 'A',
    probe: false,
    message: () => "The page says `mode: 'no-cors'` and forbids redirects; browsers don't take that together.",
    causes: () => ["`mode: 'no-cors'` stands beside `redirect: 'error'` or `'manual'`."],
    mend: () => "Leave `no-cors` out: it only hides the answer, and the page can't read it then.",
  },
  'forbidden-header': {
    kind: 'look-alike',
    step: 'A',
    probe: false,
    message: ({ header }) =>
      `The page sets ${header === undefined ? 'a request header' : `the request header \`${String(header)}\``}, which only the browser may set; it is left out.`,
    causes: () => ['Code made for a server (`Cookie`, `Host`, `Origin`, `User-Agent`) runs in a page.'],
    mend: () => "Remove it. For cookies say `credentials: 'include'`.",
  },
  'header-not-exposed': {
    kind: 'cors',
    step: 'J',
    probe: true,
    message: ({ header }) =>
      `The page reads ${header === undefined ? 'a response header' : `the response header \`${String(header)}\``}, which the server doesn't expose to other origins.`,
    causes: () => [
      '`Access-Control-Expose-Headers` is missing, or lacks this name.',
      'With credentials `*` exposes nothing.',
    ],
    mend: ({ header }) =>
      `Answer with \`Access-Control-Expose-Headers: ${header === undefined ? '…' : String(header)}\`.`,
  },
  'redirect-userinfo': {
    kind: 'cors',
    step: 'I',
    probe: true,
    message: () =>
      'The server redirects to a URL with a user name or password in it, which browsers refuse across origins.',
    causes: () => ['`Location` holds `user:password@`.'],
    mend: () => 'Redirect to the URL without them, and send `Authorization` from the page.',
  },
  'redirect-scheme': {
    kind: 'cors',
    step: 'I',
    probe: true,
    message: () => 'The server redirects to a URL that is not `http:` or `https:`.',
    causes: () => [
      '`Location` is made for an app (`myapp:`), or broken.',
      'A sign-in flow for apps was opened with `fetch()`.',
    ],
    mend: () => 'Open such flows as a page (`location.href = …`), not with `fetch()`.',
  },
  'redirect-location': {
    kind: 'look-alike',
    step: 'I',
    probe: true,
    message: () => "The server redirects, and its `Location` can't be read.",
    causes: () => ['`Location` is not a URL.', 'Two layers add a `Location`, each its own.'],
    mend: () => 'Look at the header: `curl -sI URL`.',
  },
  'redirect-denied': {
    kind: 'cors',
    step: 'I',
    probe: true,
    message: () => 'The server redirects to another origin, and what answers there failed the CORS checks.',
    causes: () => [
      'The place that the redirect leads to, a login page perhaps, has no CORS headers.',
      'After a redirect from one foreign origin to another the origin is `null`, which the list lacks.',
    ],
    mend: () =>
      'Ask for the URL that the redirect leads to. An API should answer 401 instead of redirecting to a login.',
  },
  'redirect-mode': {
    kind: 'look-alike',
    step: 'I',
    probe: true,
    message: () => 'The server redirects, and the page said that it wants no redirects.',
    causes: () => ["The page says `redirect: 'error'`."],
    mend: () => 'Ask for the URL that the redirect leads to.',
  },
  'redirect-limit': {
    kind: 'look-alike',
    step: 'I',
    probe: true,
    message: () => 'The server redirects in a circle, or more than 20 times.',
    causes: () => [
      "A proxy that ends TLS doesn't tell the server, which redirects to `https` again and again.",
      "The login sets a cookie that isn't sent back (`SameSite`, `Secure`), and starts again.",
    ],
    mend: () => 'Follow the redirects one by one: `curl -sIL URL`.',
  },
  'local-network-insecure': {
    kind: 'cors',
    step: 'M',
    probe: false,
    message: ({ space }) =>
      `A page over plain \`http:\` may not reach into ${space === undefined ? 'a private network' : `the \`${String(space)}\` address space`}.`,
    causes: () => ['The page is public and not over https, and the server has a private address, or is this machine.'],
    mend: () => PERMISSION,
  },
  'local-network-denied': {
    kind: 'cors',
    step: 'M',
    probe: false,
    message: ({ space }) =>
      `The browser wasn't permitted to let this page reach ${space === undefined ? 'the local network' : `the \`${String(space)}\` address space`}.`,
    causes: () => [
      "Somebody said no when the browser asked, or it couldn't ask: headless, in a frame, without a click.",
      'The name of a public server leads to a private address: a VPN, a hosts file.',
    ],
    mend: () => `Allow it in the site's settings (the icon at the left of the address). ${PERMISSION}`,
  },
  'private-network-header': {
    kind: 'cors',
    step: 'M',
    probe: true,
    message: () =>
      "An older Chrome asked the server whether a public page may reach into the private network, and it didn't say yes.",
    causes: () => ['`Access-Control-Allow-Private-Network: true` is missing in the answer to the preflight.'],
    mend: () => `Update Chrome: today it asks the person, and that header no longer helps. ${PERMISSION}`,
  },
  'local-resource': {
    kind: 'look-alike',
    step: 'B',
    probe: false,
    message: () => 'A page from the web may not load files of this machine.',
    causes: () => ['The URL, or a redirect, leads to `file:`.'],
    mend: () => 'Serve the file over HTTP.',
  },
  'bad-port': {
    kind: 'look-alike',
    step: 'B',
    probe: false,
    message: () => 'Browsers ask nothing on this port: it belongs to another protocol (mail, SSH, X11, …).',
    causes: () => ['The server listens on a port such as 6000, 6665 to 6669, or 10080.'],
    mend: () => 'Take another port, 8080 for example.',
  },
} as const satisfies Record<string, ConsoleEntry>;
