import type { Model, PolicyModel, RouteModel } from '../config/model.ts';
import { matchPreflightSafely, matchSafely, type HeaderLookup, type RouteMatch } from '../routing/index.ts';
import { Problem } from './answer.ts';

/** Where a request leads, and the policy that its answer leaves under. */
export interface Reached {
  readonly policy: PolicyModel | undefined;
  readonly match: RouteMatch<RouteModel> | Problem;
}

/** Finds a request's route, by the same rules as the gateway: a preflight belongs to the route that it announces. */
export function findRoute({ table, defaultPolicy }: Model, request: Request, url: URL): Reached {
  const { method } = request;
  const { host, pathname: path } = url;
  const headers: HeaderLookup = { get: (name) => request.headers.get(name) ?? undefined };
  const announced =
    method === 'OPTIONS' && request.headers.has('origin') ? headers.get('access-control-request-method') : undefined;
  let match = announced === undefined ? undefined : matchPreflightSafely(table, host, path, announced, headers);
  match ??= matchSafely(table, host, path, method, headers);
  if (match === undefined) {
    return { policy: defaultPolicy, match: noRoute(method, path, table.allowedMethods(host, path)) };
  }
  if (typeof match !== 'string') return { policy: match.route.cors, match };
  // Nothing is done on the route that a refused path names as it stands, but its pages may read the refusal.
  const named = table.match(host, path, method, headers);
  return { policy: named === undefined ? defaultPolicy : named.route.cors, match: unsafe(match) };
}

function noRoute(method: string, path: string, allowed: readonly string[]): Problem {
  if (allowed.length === 0) return new Problem('no-route', `No route matches ${method} ${path}.`);
  const allow = allowed.join(', ');
  const detail = `${path} is served for ${allow}, not for ${method}.`;
  return new Problem('method-not-allowed', detail, { headers: [['Allow', allow]] });
}

function unsafe(kind: 'malformed' | 'ambiguous'): Problem {
  return kind === 'ambiguous'
    ? new Problem(
        'ambiguous-path',
        'The path holds dot segments or escapes that an upstream could read as another path.',
      )
    : new Problem('malformed-request', 'The path holds a broken escape or an encoded control character.');
}
