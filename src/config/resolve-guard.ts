import type * as z from 'zod';
import type { guardOptions } from '../actions/guard/options.ts';
import { buildGuard, type GuardModel } from '../guard/index.ts';
import { isLoopbackHost } from '../protocol/origin.ts';
import type { PathPattern } from '../routing/index.ts';
import { DEFAULT_UPSTREAM_TIMEOUTS } from './defaults.ts';
import { isDnsServer } from './dns-server.ts';
import type { GuardActionModel, ListenerModel, RouteModel } from './model.ts';
import type { KeyPath, Problems } from './problems.ts';
import type { ActionContext } from './resolve-actions.ts';
import { resolveTls } from './resolve-tls.ts';
import { mergeTimeouts } from './resolve-upstreams.ts';

type GuardSettings = z.output<typeof guardOptions>;

/** What a route says beside its guard. */
export interface GuardRoute {
  readonly timeouts?: Parameters<typeof mergeTimeouts>[1];
  readonly via?: boolean;
}

/** Understands a guard, or reports everything that is wrong with it. */
export function resolveGuard(
  settings: GuardSettings,
  { timeouts, via }: GuardRoute,
  context: ActionContext,
): GuardActionModel | undefined {
  const { problems, pattern, routePath } = context;
  const at = [...context.path, 'guard'];
  const guard = buildGuard(settings, {
    at,
    problems,
    routePath,
    prefix: fixedPart(pattern),
    // A path that is wrong has been reported.
    takesUrl: pattern === undefined || (pattern.rest && pattern.segments.every(({ kind }) => kind === 'static')),
    policy: context.cors === 'unknown' ? 'unknown' : context.cors?.policy,
  });
  const tls = resolveTls(settings.tls, [...at, 'tls'], context);
  checkTls(settings, guard, { at, problems });
  const resolver = resolveResolver(settings.resolver, [...at, 'resolver'], problems);
  if (guard === undefined || tls === undefined) return undefined;
  return {
    kind: 'guard',
    guard,
    timeouts: mergeTimeouts(DEFAULT_UPSTREAM_TIMEOUTS, timeouts),
    tls,
    resolver,
    via: via ?? true,
  };
}

/** The literal segments that a path begins with, which every request of the route has. */
function fixedPart(pattern: PathPattern | undefined): string {
  let fixed = '';
  for (const segment of pattern?.segments ?? []) {
    if (segment.kind !== 'static' || segment.text === '') break;
    fixed += `/${segment.text}`;
  }
  return fixed;
}

function checkTls(
  { tls }: GuardSettings,
  guard: GuardModel | undefined,
  { at, problems }: { readonly at: KeyPath; readonly problems: Problems },
): void {
  if (tls === undefined || guard === undefined) return;
  const unused = (key: string, reason: string): void =>
    problems.error('guard-option-unused', [...at, 'tls', ...(key === 'tls' ? [] : [key])], { key, reason });
  const { to } = guard;
  const rules = to.kind === 'named' ? [to.target, ...to.redirectHosts] : to.hosts;
  if (rules?.every(({ protocol }) => protocol === 'http') === true) unused('tls', 'http');
  else if (to.kind === 'open' && tls.serverName !== undefined) unused('serverName', 'open');
}

function resolveResolver(
  value: string | readonly string[] | undefined,
  path: KeyPath,
  problems: Problems,
): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const entries = typeof value === 'string' ? [value] : value;
  if (entries.length === 0) problems.error('guard-list-empty', path, { key: 'resolver' });
  for (const [index, entry] of entries.entries()) {
    const at = typeof value === 'string' ? path : [...path, index];
    if (!isDnsServer(entry)) problems.error('resolver-invalid', at, { value: entry });
  }
  return Object.freeze([...entries]);
}

/** A guard without a list of hosts is for this machine only, and worth a word at each start. */
export function checkExposure(
  routes: readonly RouteModel[],
  listeners: readonly ListenerModel[],
  problems: Problems,
): void {
  const open = listeners.find(({ host }) => !isLoopbackHost(host.includes(':') ? `[${host}]` : host));
  for (const { index, action } of routes) {
    if (action.kind !== 'guard' || action.guard.to.kind !== 'open' || action.guard.to.hosts !== undefined) continue;
    const path = ['routes', index, 'guard', 'dangerouslyAllowAnyTarget'];
    if (open === undefined) problems.warn('guard-any-target', path);
    else problems.error('guard-any-target-exposed', path, { listener: `${open.host}:${open.port}` });
  }
}
