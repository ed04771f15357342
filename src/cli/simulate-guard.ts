import type { SentRequest } from '../cors/index.ts';
import { admit, isRefusal, originOfTarget, withoutNames, type GuardModel, type GuardRefusal } from '../guard/index.ts';
import { isLoopbackHost } from '../protocol/origin.ts';
import { lookupIn } from './simulate-routes.ts';

/** What a guard does with a request: the URL that it asks, without the secrets that it adds; or why it refuses. */
export type GuardOutcome = { readonly asks: string } | GuardRefusal;

/** What a guard would do with a browser's request. Names aren't resolved: where they lead, only the gateway finds out. */
export function simulateGuard(model: GuardModel, sent: SentRequest): GuardOutcome {
  const { method, origin, url } = sent;
  const { origin: own, pathname: path, search: query, protocol, hostname } = new URL(url);
  // A page's GET of its own origin says none.
  const sameOrigin = origin === undefined || origin === own;
  const lines = lookupIn(sent);
  // `fetch()` asks, no element; and what site it's from, browsers say to whom nobody can listen in (Fetch Metadata, 2).
  const metadata = new Map([['sec-fetch-dest', 'empty']]);
  if (protocol === 'https:' || isLoopbackHost(hostname)) {
    metadata.set('sec-fetch-site', sameOrigin ? 'same-origin' : 'cross-site');
  }
  const header = (name: string): string | undefined => metadata.get(name) ?? lines.get(name);
  const admitted = admit(model, { method, path, query, header, sameOrigin: origin === own });
  if (isRefusal(admitted)) return admitted;
  const added = model.to.kind === 'named' ? model.to.query : [];
  const [bare = ''] = admitted.path.split('?', 1);
  const kept = withoutNames(admitted.path.slice(bare.length), added);
  const masked = added.map(([name]) => `${encodeURIComponent(name)}=…`).join('&');
  const shown = masked === '' ? kept : kept === '' ? `?${masked}` : `${kept}&${masked}`;
  return { asks: originOfTarget(admitted.target) + bare + shown };
}
