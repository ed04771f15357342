import type { doctorNetworkCatalogue } from '../../../src/diagnostics/catalogue/doctor-network.ts';
import { ALLOWED, API, PAGE, URL_ASKED, type Situations } from '../situation.ts';

const data = { host: 'api.example.com', method: 'GET' };

/** What is taken for CORS and isn't. */
export const networkSituations: Situations<keyof typeof doctorNetworkCatalogue> = {
  'doctor-request-fault': {
    why: "`fetch()` checks its arguments before it does anything: a GET with a body, a method that isn't one, a header name with a blank in it, a URL with a user name. Nothing leaves the browser.",
    data: { fault: 'body' },
    console: ['request-fault'],
  },
  'doctor-mode-same-origin': {
    why: "`mode: 'same-origin'` is a promise of the page to itself: if the URL lies elsewhere, the browser fails the request without asking anybody.",
    request: { mode: 'same-origin' },
    response: '200 OK',
  },
  'doctor-mixed-content': {
    why: 'An https page may not load plain http: whoever is on the network could change it. Browsers block it before CORS is looked at, except towards `localhost` in Chrome and Firefox.',
    data: { url: 'http://api.example.com/users' },
    console: ['mixed-content'],
  },
  'doctor-csp': {
    why: 'The page was sent with a Content-Security-Policy whose `connect-src` (or `default-src`) lacks the API. The browser obeys it before it asks anybody, so no server sees the request.',
    data: { url: URL_ASKED, origin: API, directive: 'connect-src' },
    request: { pageHeaders: [['Content-Security-Policy', "connect-src 'self'"]] },
    response: '200 OK',
    evidence: ['> GET /', '< HTTP/1.1 200 OK', "< Content-Security-Policy: connect-src 'self'"],
  },
  'doctor-dns': {
    why: "No address is known for the name. A slip in it, a name that only containers or a VPN know, or a DNS that is down: the page can't tell that from CORS.",
    data,
    evidence: [
      '> GET /users  (Origin: https://app.example.com)',
      '< nothing: dns getaddrinfo ENOTFOUND api.example.com',
    ],
    console: ['name-not-resolved', 'no-response'],
  },
  'doctor-refused': {
    why: "Nothing listens at that address and port: the server isn't running, has another port, or listens on `::1` or inside of a container only.",
    data,
    response: 'fault: refused',
  },
  'doctor-unreachable': {
    why: 'No way leads to the address: no network, a VPN that is off, a firewall, an address of another network.',
    data,
    evidence: [`> GET /users  (Origin: ${PAGE})`, '< nothing: unreachable connect EHOSTUNREACH 10.1.2.3:443'],
    console: ['host-unreachable', 'no-response'],
  },
  'doctor-timeout': {
    why: 'The server takes the request and says nothing: it waits for a database, a lock, another server, or for a body that it never reads. Browsers wait long; then it looks like any failed request.',
    data,
    evidence: [`> GET /users  (Origin: ${PAGE})`, '< nothing: timeout'],
    console: ['host-unreachable', 'no-response'],
  },
  'doctor-no-answer': {
    why: 'The connection is closed before an answer comes: the server crashed on this request, or speaks TLS where plain http was spoken to it, or a proxy has had enough.',
    data,
    response: 'fault: closed',
  },
  'doctor-not-http': {
    why: 'Something answers that is not an HTTP server: another protocol at that port, or a program that prints into the socket.',
    data,
    response: 'fault: garbage',
  },
  'doctor-tls-expired': {
    why: "The certificate's time is over: it wasn't renewed, or it was and the server still holds the old one. Before the connection stands, no request is made.",
    data: { ...data, detail: 'since Nov 1 2026' },
    console: ['certificate-invalid', 'no-response'],
  },
  'doctor-tls-not-yet-valid': {
    why: "The certificate's time hasn't begun: mostly a clock is wrong, on the machine that made it or on the one that asks.",
    data: { ...data, detail: 'Jan 1 2027' },
    console: ['certificate-invalid', 'no-response'],
  },
  'doctor-tls-name': {
    why: 'The certificate is for another host: the server has several names and serves the wrong one, or the page asks by an address.',
    data: { ...data, detail: 'www.example.com' },
    console: ['certificate-invalid', 'no-response'],
  },
  'doctor-tls-untrusted': {
    why: 'The certificate is self-signed, of an authority that browsers do not know, or comes without its intermediate certificates. In a tab a browser asks what to do; a request from a script simply fails.',
    data: { ...data, detail: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    console: ['certificate-invalid', 'no-response'],
  },
  'doctor-tls-handshake': {
    why: 'The two sides agree on no TLS. Most often the port speaks plain http, and the URL says `https:`.',
    data: { ...data, detail: 'packet length too long' },
    response: 'fault: tls',
  },
  'doctor-redirect-broken': {
    why: "A redirect goes round in a circle (two layers that send to each other, http to https and back), or to an address that browsers don't go to from a page.",
    data: { location: 'myapp://callback', reason: 'scheme' },
    response: `302 Found\n${ALLOWED}\nLocation: myapp://callback`,
  },
};
