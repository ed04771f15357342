import type { doctorAroundCatalogue } from '../../../src/diagnostics/catalogue/doctor-around.ts';
import { ALLOWED, PAGE, type Situations } from '../situation.ts';

const fine = `200 OK\n${ALLOWED}`;
const asked = (origin: string): string => `> GET /users${origin === '' ? '' : `  (Origin: ${origin})`}`;

/** What is found around the question. */
export const aroundSituations: Situations<keyof typeof doctorAroundCatalogue> = {
  'doctor-opaque': {
    why: "`mode: 'no-cors'` is no way around CORS: it makes the error go away, and the answer with it. It is meant for requests whose answer nobody reads.",
    request: { mode: 'no-cors' },
    response: '200 OK\nContent-Type: application/json',
  },
  'doctor-not-sent': {
    why: 'The doctor sends nothing that could change something, and asked with a GET in place of the real method. That answer leaves the question open.',
    data: { method: 'DELETE', status: 404 },
    evidence: [asked(PAGE), '< HTTP/1.1 404 Not Found'],
  },
  'doctor-cookie': {
    why: 'CORS may be right, and the visitor is still not logged in: which cookies go along is decided by their `SameSite`, by `Secure`, and by `credentials` in the page. `SameSite=Lax`, the default, stays at home when page and API are different sites.',
    data: { name: 'sid', reason: 'same-site' },
    // Another site: a subdomain of the API's own would be the same one.
    evidence: [
      asked('https://shop.example.net'),
      '< HTTP/1.1 200 OK',
      '< Access-Control-Allow-Origin: https://shop.example.net',
      '< Set-Cookie: sid=…; HttpOnly',
    ],
    console: ['cookie-rejected'],
  },
  'doctor-header-unexposed': {
    why: 'A page reads seven harmless response headers of another origin; the others have to be named by the server. In the Network tab they are all there, in the script they read `null`.',
    data: { names: ['x-total-count'] },
    response: `${fine}\nX-Total-Count: 7`,
  },
  'doctor-local-network': {
    why: "A page of the public web asks an address in a private network, or on the visitor's own machine. Chrome asks the visitor for leave first, and takes the question from https pages only.",
    data: {
      address: '192.168.1.20',
      space: 'local',
      page: 'app.example.com',
      pageSpace: 'public',
      pageAddress: '203.0.113.7',
      reason: 'permission',
    },
    console: ['local-network-denied', 'local-network-insecure'],
  },
  'doctor-error-path-no-policy': {
    why: 'The good answers have CORS headers, and the errors have not: they are made elsewhere, by the framework or the web server. On the day that something fails the page sees "CORS".',
    data: { status: 404, path: '/missing' },
    evidence: ['> GET /missing  (Origin: https://app.example.com)', '< HTTP/1.1 404 Not Found'],
  },
  'doctor-no-vary': {
    why: 'The answer depends on who asks, and nothing tells caches so. It works until a cache keeps the answer for one origin, or the one without, and gives it to another.',
    data: { cases: 'without Origin' },
    evidence: [asked(''), '< HTTP/1.1 200 OK', '< Cache-Control: max-age=600'],
  },
  'doctor-any-origin': {
    why: 'The server sends back whatever origin it gets. For public data `*` says the same honestly; with credentials every site that a visitor opens may read their data here.',
    data: { origin: 'https://stranger.example', credentials: true },
    evidence: [
      asked('https://stranger.example'),
      '< HTTP/1.1 200 OK',
      '< Access-Control-Allow-Origin: https://stranger.example',
      '< Access-Control-Allow-Credentials: true',
    ],
  },
  'doctor-max-age': {
    why: 'Without `Access-Control-Max-Age` browsers forget a preflight after five seconds, and nearly every request costs two round trips. Chrome keeps one for two hours at most, Firefox for a day, Safari for ten minutes.',
    data: { value: '', reason: 'absent' },
    request: { method: 'PUT' },
    preflight: `204 No Content\n${ALLOWED}\nAccess-Control-Allow-Methods: PUT`,
    response: fine,
  },
  'doctor-authorization-by-wildcard': {
    why: "By the standard `*` in `Access-Control-Allow-Headers` covers everything but `Authorization`. Today's browsers still let it pass; Firefox prints that this will end.",
    request: { headers: [['Authorization', 'Bearer TOKEN']] },
    preflight: `204 No Content\n${ALLOWED}\nAccess-Control-Allow-Headers: *`,
    response: fine,
  },
  'doctor-response-header-in-request': {
    why: 'The page sends a header that only means something in an answer. It is allowed here, so nothing fails; but it turns each request into two.',
    data: { name: 'Access-Control-Allow-Origin' },
    request: { headers: [['Access-Control-Allow-Origin', '*']] },
    preflight: `204 No Content\n${ALLOWED}\nAccess-Control-Allow-Headers: *`,
    response: fine,
  },
  'doctor-browsers-differ': {
    why: 'One engine is stricter than the others about the same bytes. It passes in the browser at hand, and fails for some of the visitors.',
    data: { browser: 'Safari', step: 'allow-methods-malformed' },
    evidence: ['> OPTIONS /users  (Origin: https://app.example.com)', '< HTTP/1.1 204 No Content', `< ${ALLOWED}`],
  },
  'doctor-duplicate-line': {
    why: 'This request passes, and another answer of the same server (the preflight, an error) has the header twice: two layers hold a policy, and do not always both speak.',
    data: { header: 'Access-Control-Allow-Origin', where: 'errors' },
    evidence: [
      '> GET /missing  (Origin: https://app.example.com)',
      '< HTTP/1.1 404 Not Found',
      `< ${ALLOWED}`,
      `< ${ALLOWED}`,
    ],
  },
  'doctor-address-fails': {
    why: 'The name has several addresses, and one of them takes no connection. Browsers try the next one; some programs, and some visitors, wait first.',
    data: { address: '::1', detail: 'connect ECONNREFUSED ::1:8000' },
  },
};
