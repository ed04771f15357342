import type { Model, RouteModel } from '../config/index.ts';
import type { SentRequest } from '../cors/index.ts';
import {
  inspectPath,
  matchPreflightSafely,
  matchSafely,
  type HeaderLookup,
  type RouteMatch,
  type UnsafePath,
} from '../routing/index.ts';
import { METHODS } from '../wire/http1/methods.ts';
import type { Reached } from './simulation.ts';

/** The route that a request takes, as the gateway's router finds it. */
export function reach(model: Model, sent: SentRequest): Reached {
  if (METHODS.includes(sent.method)) return reachWith(model, sent, lookupIn(sent));
  // Refused with its first line: of the rest only the origin is looked for, for the headers of the refusal.
  const { policy } = reachWith(model, sent, { get: (name) => (name === 'origin' ? sent.origin : undefined) });
  return { route: undefined, params: undefined, policy, unsafe: 'method', allowed: [] };
}

function reachWith({ table, defaultPolicy }: Model, sent: SentRequest, headers: HeaderLookup): Reached {
  const { host, pathname: path } = new URL(sent.url);
  const announced = sent.kind === 'preflight' ? (headers.get('access-control-request-method') ?? '') : undefined;
  let match: RouteMatch<RouteModel> | UnsafePath | undefined;
  if (announced !== undefined) match = matchPreflightSafely(table, host, path, announced, headers);
  match ??= matchSafely(table, host, path, sent.method, headers);
  if (typeof match === 'string') {
    // Nothing is done at the route that the path names as it stands, but its pages may read the refusal.
    const written = table.match(host, path, sent.method, headers);
    const policy = written === undefined ? defaultPolicy : written.route.cors;
    return { route: undefined, params: undefined, policy, unsafe: inspectPath(path), allowed: [] };
  }
  if (match !== undefined) {
    const { route, params } = match;
    return { route, params, policy: route.cors, unsafe: undefined, allowed: [] };
  }
  const allowed = table.allowedMethods(host, path);
  return { route: undefined, params: undefined, policy: defaultPolicy, unsafe: undefined, allowed };
}

/** The lines that routes can look at: what the page sets, and what every browser sends. */
export function lookupIn({ headers, origin }: SentRequest): HeaderLookup {
  const lines: (readonly [string, string])[] = [['accept', '*/*'], ...headers];
  if (origin !== undefined) lines.push(['origin', origin]);
  const values = new Map(lines.map(([name, value]) => [name.toLowerCase(), value]));
  return { get: (name) => values.get(name) };
}
