import type { doctorPreflightCatalogue } from '../../../src/diagnostics/catalogue/doctor-preflight.ts';
import { ALLOWED, type Situations } from '../situation.ts';

const put = { method: 'PUT' } as const;
const json: readonly (readonly [string, string])[] = [['Content-Type', 'application/json']];
const fine = `200 OK\n${ALLOWED}`;

/** What a preflight fails on. */
export const preflightSituations: Situations<keyof typeof doctorPreflightCatalogue> = {
  'doctor-client-sends-response-header': {
    why: "Somebody read that the header is needed and put it into the page's call. It belongs into answers; in a request it is only one more header that the server has to allow, so it even causes the preflight that now fails.",
    data: { name: 'Access-Control-Allow-Origin' },
    request: { headers: [['Access-Control-Allow-Origin', '*']] },
    preflight: `204 No Content\n${ALLOWED}`,
    response: fine,
  },
  'doctor-method-case': {
    why: 'Browsers write `delete`, `get`, `head`, `options`, `post` and `put` in capitals, and no other method: `patch` stays `patch`, and is not the `PATCH` that the server allows.',
    data: { method: 'patch', upper: 'PATCH', allowed: 'GET, PUT, PATCH' },
    request: { method: 'patch' },
    preflight: `204 No Content\n${ALLOWED}\nAccess-Control-Allow-Methods: GET, PUT, PATCH`,
    response: fine,
  },
  'doctor-preflight-redirect': {
    why: "The server sends OPTIONS elsewhere: from http to https, to the path with or without a slash at its end, or to a login page because a preflight never has a session. Browsers don't follow a preflight's redirect.",
    data: { location: 'https://api.example.com/users/', reason: 'slash', status: 308 },
    request: put,
    preflight: '308 Permanent Redirect\nLocation: /users/',
    response: fine,
  },
  'doctor-preflight-auth': {
    why: 'The login stands in front of CORS and refuses whoever has no token or cookie. A preflight never carries any, so it can never pass, whatever the page sends.',
    data: { status: 401 },
    request: { headers: [['Authorization', 'Bearer TOKEN']] },
    preflight: '401 Unauthorized\nWWW-Authenticate: Bearer',
    response: fine,
  },
  'doctor-preflight-unrouted': {
    why: 'The router knows GET, POST and so on for this path, and nobody told it about OPTIONS: it answers 404 or 405 before any CORS code runs.',
    data: { status: 405 },
    request: { method: 'DELETE' },
    preflight: '405 Method Not Allowed\nAllow: GET, DELETE',
    response: fine,
  },
  'doctor-preflight-status': {
    why: 'A preflight passes with a status from 200 to 299 only. Here OPTIONS runs into something that fails: a handler that wants a body, a rate limit, a CSRF check, a server that is down.',
    data: { status: 400 },
    request: { method: 'PUT', headers: json },
    preflight: `400 Bad Request\n${ALLOWED}`,
    response: fine,
  },
  'doctor-preflight-no-answer': {
    why: 'Something on the way drops OPTIONS alone, mostly a firewall that takes the method for an attack.',
    request: put,
    preflight: 'fault: closed',
    response: fine,
  },
  'doctor-preflight-no-policy': {
    why: 'The policy is applied in the handlers of GET and PUT, and OPTIONS is answered by something else that knows nothing of it, by the framework or the web server.',
    request: put,
    preflight: '204 No Content\nAllow: GET, PUT',
    response: fine,
  },
  'doctor-method-not-allowed': {
    why: "The list of methods lacks this one. Many libraries begin with GET, HEAD and POST, and those three needn't be listed at all.",
    data: { method: 'DELETE', allowed: 'GET, POST' },
    request: { method: 'DELETE' },
    preflight: `204 No Content\n${ALLOWED}\nAccess-Control-Allow-Methods: GET, POST`,
    response: fine,
  },
  'doctor-header-not-allowed': {
    why: 'The page sends a header that the list lacks. Often a library adds it unasked: tracing, monitoring, an HTTP client; and JSON needs `content-type`.',
    data: { name: 'x-request-id', allowed: 'content-type' },
    request: { headers: [['X-Request-Id', '7']] },
    preflight: `204 No Content\n${ALLOWED}\nAccess-Control-Allow-Headers: content-type`,
    response: fine,
  },
  'doctor-wildcard-list-with-credentials': {
    why: 'Without credentials `*` in these lists means everything. With them it is the name of a method or header that is called `*`, which is not the one that the page uses.',
    data: { header: 'Access-Control-Allow-Headers', missing: 'content-type' },
    request: { method: 'POST', headers: json, credentials: 'include' },
    preflight: `204 No Content\n${ALLOWED}\nAccess-Control-Allow-Credentials: true\nAccess-Control-Allow-Headers: *`,
    response: `${fine}\nAccess-Control-Allow-Credentials: true`,
  },
  'doctor-list-malformed': {
    why: 'The list is not names with commas between them: a list of the programming language was printed as it is, or names are separated by blanks or semicolons. One wrong item spoils the whole line.',
    data: { header: 'Access-Control-Allow-Headers', value: "['content-type', 'x-token']" },
    request: { headers: [['X-Token', '1']] },
    preflight: `204 No Content\n${ALLOWED}\nAccess-Control-Allow-Headers: ['content-type', 'x-token']`,
    response: fine,
  },
};
