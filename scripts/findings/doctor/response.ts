import type { doctorResponseCatalogue } from '../../../src/diagnostics/catalogue/doctor-response.ts';
import { ALLOWED, PAGE, type Situations } from '../situation.ts';

const WITH = { credentials: 'include' } as const;
const value = (text: string): string => `200 OK\nAccess-Control-Allow-Origin: ${text}`;

/** What an answer fails on. */
export const responseSituations: Situations<keyof typeof doctorResponseCatalogue> = {
  'doctor-cached-without-vary': {
    why: "The server answers each origin with its own name, and a cache (the browser's, a CDN's) doesn't know that: it keeps one answer and gives it to everybody. An `<img>` that loads the same URL first is enough.",
    data: { header: 'X-Cache: HIT' },
    response: '200 OK\nAge: 210\nX-Cache: HIT',
  },
  'doctor-duplicate': {
    why: 'Two layers add the header, each its own: the application and the proxy in front, or a middleware and the handler. Browsers join the lines with a comma, and compare that with the origin.',
    data: { header: 'Access-Control-Allow-Origin', count: 2 },
    response: `200 OK\n${ALLOWED}\n${ALLOWED}`,
  },
  'doctor-origin-list': {
    why: 'The whole list of allowed origins is sent. The header takes one: the server has to look up the origin that asks, and answer with that.',
    data: { value: `https://www.example.com, ${PAGE}`, origin: PAGE },
    response: value(`https://www.example.com, ${PAGE}`),
  },
  'doctor-wildcard-credentials': {
    why: "The server lets everybody in with `*`, and the page sends cookies along. Browsers don't take the two together: everybody could then read what only this visitor may see.",
    data: { origin: PAGE },
    request: WITH,
    response: value('*'),
  },
  'doctor-redirect-null-origin': {
    why: 'The API redirects to a third origin. From the second hop between foreign origins on, the browser no longer says who asks: `Origin: null`, so that nobody on the way can borrow the name of the page.',
    data: { location: 'https://cdn.example.net/users' },
    response: [`302 Found\n${ALLOWED}\nLocation: https://cdn.example.net/users`, `200 OK\n${ALLOWED}`],
  },
  'doctor-origin-null': {
    why: 'The page was opened from a file, or stands in a sandboxed frame: it has no origin, which browsers write `null`. Whoever allows that lets in every sandbox of every site.',
    request: { pageOrigin: 'null' },
    response: `200 OK\n${ALLOWED}`,
  },
  'doctor-redirect-login': {
    why: 'The session is over, or was never sent, and the API behaves like a website: it redirects to its login page. The script follows, and that page has no CORS headers.',
    data: { location: 'https://login.example.com/authorize' },
    response: [
      `302 Found\n${ALLOWED}\nLocation: https://login.example.com/authorize`,
      '200 OK\nContent-Type: text/html',
    ],
  },
  'doctor-redirect-no-policy': {
    why: 'Each cross-origin redirect is checked like an answer. Redirects are often made by a layer that knows nothing of the policy: http to https, a slash, a version in the path.',
    data: { location: 'https://api.example.com/v2/users' },
    response: ['301 Moved Permanently\nLocation: /v2/users', `200 OK\n${ALLOWED}`],
  },
  'doctor-upstream-down': {
    why: 'The gateway is up, and what stands behind it is not. Its own error page has no CORS headers, so the page sees a CORS error in place of the 502.',
    data: { status: 502 },
    response: '502 Bad Gateway\nServer: nginx',
  },
  'doctor-error-no-policy': {
    why: 'The request fails at the server, and the code that adds CORS headers is not reached by errors. The page is told about CORS and never sees what really happened.',
    data: { status: 500 },
    response: '500 Internal Server Error\nContent-Type: text/html',
  },
  'doctor-origin-mismatch': {
    why: 'The value is compared byte for byte: a slash at the end, another port, `http` for `https`, `www.`, or `localhost` against `127.0.0.1` make it another origin.',
    data: { value: `${PAGE}/`, origin: PAGE, reason: 'slash' },
    response: value(`${PAGE}/`),
  },
  'doctor-origin-not-listed': {
    why: "The server has a policy (it sends `Vary: Origin`, or lets other origins in), and this page isn't in its list: a new domain, a preview, a port of development.",
    data: { origin: PAGE },
    response: '200 OK\nVary: Origin',
  },
  'doctor-no-policy': {
    why: "Nobody set CORS up for this path. That it works in curl or Postman says nothing: only browsers check, because only they carry other people's cookies around.",
    data: { origin: PAGE },
    response: '200 OK\nContent-Type: application/json',
  },
  'doctor-credentials-missing': {
    why: 'The origin is allowed, and cookies are a second switch that is off. The browser keeps back an answer that it got with cookies unless the server says that it may be read.',
    request: WITH,
    response: `200 OK\n${ALLOWED}`,
  },
  'doctor-credentials-malformed': {
    why: 'Only `true`, in small letters and once, counts. `True` comes from a language that prints booleans so, `true, true` from two layers.',
    data: { value: 'True' },
    request: WITH,
    response: `200 OK\n${ALLOWED}\nAccess-Control-Allow-Credentials: True`,
  },
};
