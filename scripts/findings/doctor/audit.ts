import type { AuditCode } from '../../../src/diagnostics/catalogue/doctor-audit.ts';
import type { Situation, Situations } from '../situation.ts';

/** A stranger's origin, and that it is let in. */
function letIn(origin: string, why: string, credentials = true): Situation {
  return {
    why,
    data: { origin, credentials },
    evidence: [
      `> GET /users  (Origin: ${origin})`,
      '< HTTP/1.1 200 OK',
      `< Access-Control-Allow-Origin: ${origin}`,
      ...(credentials ? ['< Access-Control-Allow-Credentials: true'] : []),
    ],
  };
}

/** What the audit lets through: origins that a policy should refuse. */
export const auditSituations: Situations<AuditCode> = {
  'doctor-audit-any-origin': letIn(
    'https://k3x9.example',
    'The server sends back whatever `Origin` it gets. With credentials that is as good as no protection at all: any page that a visitor opens may read their data here.',
  ),
  'doctor-audit-null': letIn(
    'null',
    '`null` is the origin of sandboxed frames, and any site can make one (`<iframe sandbox>`). An entry `null` in the list was often made for a page that was opened as a file.',
  ),
  'doctor-audit-suffix': letIn(
    'https://evilexample.com',
    "The origin is tested by its end, `endsWith('example.com')`, without the dot: anybody can register `evilexample.com`.",
  ),
  'doctor-audit-prefix': letIn(
    'https://api.example.com.evil.example',
    "The origin is tested by its beginning, `startsWith('https://api.example.com')`, or a pattern lacks its `$`: what follows is a name of the attacker's.",
  ),
  'doctor-audit-substring': letIn(
    'https://xample.com',
    'The origin is tested with `includes()`, or a pattern without `^` and `$`: part of the name is enough.',
  ),
  'doctor-audit-regex-dot': letIn(
    'https://apiaexample.com',
    'In a pattern `.` stands for any character: `api.example.com` also lets `apiaexample.com` in, which can be registered.',
  ),
  'doctor-audit-subdomain': letIn(
    'https://k3x9.example.com',
    'Every subdomain may read. That is sometimes meant; then the weakest of them, a forgotten CNAME or a page with a hole, speaks for all.',
  ),
  'doctor-audit-plain-http': letIn(
    'http://app.example.com',
    'A page over plain http may read. Whoever is on the network of a visitor can write such a page, whatever the server is called.',
  ),
  'doctor-audit-port': letIn(
    'https://example.com:1337',
    'Only the host is compared. Another port is another program, perhaps of somebody else.',
  ),
  'doctor-audit-development': letIn(
    'http://localhost:3000',
    "An origin of development is still in production's list. Any program on the machine of a visitor can serve a page with that origin.",
  ),
  'doctor-audit-parser': letIn(
    'https://api.example.com_.evil.example',
    'The origin is taken apart by something that stops at a character which browsers let stand in a host name. Compare it whole.',
  ),
  'doctor-audit-multi-tenant': letIn(
    'https://k3x9.github.io',
    'The pattern covers a host below which anybody can publish a page.',
  ),
  'doctor-audit-loose-parsing': letIn(
    'https://API.EXAMPLE.COM',
    'Browsers never send such an origin, so nothing is lost yet. It shows that the origin is not compared but interpreted, and the next slip there may be a real one.',
  ),
  'doctor-audit-wildcard': {
    why: 'On a private address `*` says to every page on the web that it may read what only this network was meant to see: the browser of a visitor inside is the way in. With credentials `*` never works.',
    data: { credentials: false },
    evidence: ['> GET /  (Origin: https://k3x9.example)', '< HTTP/1.1 200 OK', '< Access-Control-Allow-Origin: *'],
  },
  'doctor-audit-cache': {
    why: 'The answer follows the asking origin, `Vary: Origin` is missing, and there is a cache: one page gets what was made for another. A stranger who asks first locks the real page out.',
    data: { origin: 'https://b.example', value: 'https://a.example' },
    evidence: [
      '> GET /users  (Origin: https://b.example)',
      '< HTTP/1.1 200 OK',
      '< Access-Control-Allow-Origin: https://a.example',
      '< Age: 12',
    ],
  },
  'doctor-audit-drift': {
    ...letIn('https://k3x9.example', ''),
    why: 'Another method, path or status of the same server lets in whom this one refuses: the policy is written down more than once.',
    data: { origin: 'https://k3x9.example', where: 'the 404 of /missing' },
  },
  'doctor-audit-side-effect': {
    why: 'A simple request is sent without asking first; CORS only keeps its answer from the page. If the server acts on it, any site can make a visitor act. That is CSRF, and has to be stopped at the server.',
    data: { status: 200 },
    evidence: ['> POST /users  (Origin: https://k3x9.example)', '< HTTP/1.1 200 OK'],
  },
};
