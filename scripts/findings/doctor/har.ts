import type { doctorHarCatalogue } from '../../../src/diagnostics/catalogue/doctor-har.ts';
import { ALLOWED, PAGE, URL_ASKED, type Situations } from '../situation.ts';

/** What recordings show, or fail to. */
export const harSituations: Situations<keyof typeof doctorHarCatalogue> = {
  'doctor-har-stopped': {
    why: 'Something in the browser decides before CORS is looked at: an ad blocker that goes by the URL, the policy of the page, a port that browsers connect to never. The recording has the name that the browser gives it.',
    data: { reason: 'extension', said: 'net::ERR_BLOCKED_BY_CLIENT' },
    evidence: [`> GET /users  (Origin: ${PAGE})`, '< no answer is recorded'],
    console: ['content-blocked'],
  },
  'doctor-har-no-preflight': {
    why: "Some recorders leave preflights out, Playwright's `recordHar` and proxies that begin late among them. That one was due follows from the request; that it was refused, from there being no answer. What the server said to it, only the server can tell.",
    data: {
      why: 'the method PUT is not GET, HEAD or POST',
      passed: false,
      command: `oneorigin doctor '${URL_ASKED}' --origin ${PAGE} --method PUT`,
    },
    evidence: [`> PUT /users  (Origin: ${PAGE})`, '< no answer is recorded'],
    console: ['allow-origin-missing', 'preflight-status', 'method-not-allowed', 'header-not-allowed'],
  },
  'doctor-har-untold': {
    why: "Firefox exports a request without an answer in the same way whether nobody listened or the server hung up; Playwright's `recordHar` keeps nothing of an answer that the browser refused. A redirect whose target isn't there, or a 304 whose stored headers aren't, can't be judged either.",
    data: { reason: 'answer', said: 'net::ERR_FAILED', command: `oneorigin doctor '${URL_ASKED}' --origin ${PAGE}` },
    evidence: [`> GET /users  (Origin: ${PAGE})`, '< no answer is recorded'],
    console: ['allow-origin-missing', 'no-response'],
  },
  'doctor-har-differs': {
    why: 'What the browser did, and what would come of the recorded headers, are two things. An extension or a flag may have turned CORS off, a service worker or a proxy may have changed headers on the way, or the browser refused for a reason that no recording has.',
    data: { blocked: false, said: '' },
    evidence: [`> GET /users  (Origin: ${PAGE})`, '< HTTP/1.1 200 OK'],
    console: ['allow-origin-missing'],
  },
  'doctor-har-credentials': {
    why: "No recording has the credentials mode. Where cookies went along it's `include`; without them it may have been `include` too, with no cookie to send. Then `*` isn't enough, and `Access-Control-Allow-Credentials` must be there.",
    data: { step: 'allow-credentials-missing' },
    evidence: [`> GET /users  (Origin: ${PAGE})`, '< HTTP/1.1 200 OK', `< ${ALLOWED}`],
    console: ['allow-credentials-missing', 'allow-origin-wildcard-with-credentials'],
  },
};
