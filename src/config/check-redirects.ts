import { fillTemplate, parseTemplate, type RouteMatch, type RouteTable } from '../routing/index.ts';
import type { RedirectModel, RouteModel } from './model.ts';
import type { KeyPath, Problems } from './problems.ts';

/** A redirect, and one request that reaches it. */
export interface RedirectRoute {
  readonly route: RouteModel;
  readonly action: RedirectModel;
  readonly hosts: readonly string[];
  readonly methods: readonly string[];
  readonly headers: Readonly<Record<string, string | true>>;
  readonly at: KeyPath;
}

/** Reports redirects to a path that reaches the same redirect again: browsers give up after some twenty rounds. */
export function checkRedirects(
  redirects: readonly RedirectRoute[],
  table: RouteTable<RouteModel>,
  problems: Problems,
): void {
  for (const redirect of redirects) {
    const { action, at } = redirect;
    if (!action.to.startsWith('/')) continue;
    if (follow(redirect, table)?.route === redirect.route)
      problems.error('redirect-loop', [...at, 'redirect'], { to: action.to });
  }
}

/** Where the redirect leads, with something plausible filled in. */
function follow(
  { action, hosts, methods, headers }: RedirectRoute,
  table: RouteTable<RouteModel>,
): RouteMatch<RouteModel> | undefined {
  const anything = new Proxy<Record<string, string>>({}, { get: () => 'x' });
  const path = fillTemplate(parseTemplate(action.to), anything, '').replace(/[?#].*$/s, '');
  const host = (hosts[0] ?? 'x').replace(/^\*/, 'x');
  return table.match(host, path, methods[0] ?? 'GET', {
    get: (name) => {
      const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
      return value === true ? 'x' : value;
    },
  });
}
