import { liveMends, type LiveMend } from '../../diagnostics/catalogue/live.ts';
import type { DoctorEntry } from '../../diagnostics/catalogue/doctor-entry.ts';
import { doctorCatalogue } from '../../diagnostics/catalogue/doctor.ts';
import { proseOf, type DiagnosticData } from '../../diagnostics/index.ts';
import type { Finding } from '../findings/finding.ts';
import { fieldOf } from '../probe/response-parser.ts';
import { suggestPolicy } from './suggestion.ts';
import type { LivePlace, LiveSettings, SeenExchange } from './types.ts';

/** What to do, and where it belongs. */
export interface Mend {
  readonly mend: string;
  readonly place: LivePlace | undefined;
}

/** What to write in the gateway's own config about an answer that no policy of its own made. */
export function mendFor(seen: SeenExchange, found: Finding, settings: LiveSettings): Mend {
  const { ruling, route, own, origin } = seen;
  const entry: DoctorEntry = doctorCatalogue[found.code];
  const down = isDown(seen) ? say('upstream', { upstream: seen.upstream, failure: seen.failure }) : '';
  if (down === '' && entry.policy !== true) return { mend: proseOf(found).mend, place: undefined };
  const then = (mend: string, place?: LivePlace): Mend => ({ mend: `${down} ${mend}`.trim(), place });
  if (settings.written === 'dev') {
    const isPage = settings.servesRoot || !/^https?:\/\/[\w.:[\]-]+$/.test(origin);
    return then(say(isPage ? 'open-here' : 'map-page', { own, origin }));
  }
  if (ruling !== undefined && ruling.decision.kind !== 'passed') return ofOwnPolicy(seen, found, then);
  if (route === undefined) return then(withoutRoute(seen));
  if (ruling !== undefined) return then(say('stop-passing', { origin }), { part: 'policy', path: ['upstream'] });
  const policy = suggestPolicy(seen, settings.policies);
  if (policy === undefined) return then(say('one-origin', { own }));
  const replaces = route.proxies && seen.headers.some(([name]) => /^access-control-/i.test(name));
  return then(say('give-policy', { policy, own, route: route.label, replaces }), { part: 'route', path: ['cors'] });
}

/** What to do about a WebSocket that wasn't opened. */
export function mendForSocket({ upstream, failure, route, problem }: SeenExchange): string {
  if (problem.startsWith('upstream-')) return say('upstream', { upstream, failure });
  return route?.proxies === true ? say('websocket-upstream', { upstream }) : say('websocket-route', {});
}

/** The origin is let in, and still the page mustn't read: it sends credentials. */
function ofOwnPolicy(seen: SeenExchange, found: Finding, then: (mend: string, place?: LivePlace) => Mend): Mend {
  const data = { policy: seen.ruling?.model.name ?? '', origin: seen.origin };
  if (found.code === 'doctor-credentials-missing') {
    const { mend } = proseOf({ code: 'simulated-credentials', severity: 'error', data });
    return then(mend, { part: 'policy', path: ['credentials'] });
  }
  if (found.code === 'doctor-wildcard-credentials') {
    const { mend } = proseOf({ code: 'simulated-wildcard-credentials', severity: 'error', data });
    return then(mend, { part: 'policy', path: ['origins'] });
  }
  return then(proseOf(found).mend);
}

function withoutRoute({ method, path, headers }: SeenExchange): string {
  const route = `${method} ${path}`;
  const allowed = fieldOf(headers, 'allow') ?? '';
  return allowed === '' ? say('no-route', { route }) : say('add-method', { route: path, allowed, method });
}

function isDown({ problem }: SeenExchange): boolean {
  return problem.startsWith('upstream-');
}

function say(mend: LiveMend, data: DiagnosticData): string {
  return liveMends[mend](data);
}
