import {
  buildRouteTable,
  parsePathPattern,
  parseTemplate,
  templateNames,
  type RoutePattern,
  type RouteTable,
} from '../routing/index.ts';
import { isFieldValue } from '../protocol/field-value.ts';
import { checkRedirects, type RedirectRoute } from './check-redirects.ts';
import type { ResolveContext } from './context.ts';
import type { ActionModel, RouteModel } from './model.ts';
import type { KeyPath } from './problems.ts';
import type { RouteFeatureSets } from './resolve-features.ts';
import { resolveAction, type ParsedRouteOptions } from './resolve-actions.ts';
import type { Policies } from './resolve-policies.ts';
import type { Upstreams } from './resolve-upstreams.ts';
import { headerNamePattern } from './schema/fields.ts';
import { parsePart } from './schema/issues.ts';
import { routeOptions } from './schema/schema.ts';

/** What routes may name. */
export interface RouteParts {
  readonly context: ResolveContext;
  readonly upstreams: Upstreams;
  readonly policies: Policies;
  readonly features: RouteFeatureSets;
}

/** Understands `routes` and builds the table; without one if there are errors. */
export function resolveRoutes(
  raw: readonly unknown[],
  parts: RouteParts,
): { routes: RouteModel[]; table: RouteTable<RouteModel> | undefined } {
  const patterns: RoutePattern<RouteModel | undefined>[] = [];
  const { problems } = parts.context;
  for (const [index, value] of raw.entries()) {
    const at = ['routes', index];
    const options = parsePart(routeOptions, value, { path: at, problems });
    if (options !== undefined) patterns.push(resolveRoute(options, index, parts));
  }
  checkNames(patterns, parts.context);
  const built = buildRouteTable(patterns);
  if ('problems' in built) problems.add(built.problems);
  const routes = patterns.flatMap(({ route }) => (route === undefined ? [] : [route]));
  if ('problems' in built || routes.length < raw.length) return { routes, table: undefined };
  const table = built.table as RouteTable<RouteModel>;
  checkRedirects(patterns.flatMap(redirectOf), table, problems);
  return { routes, table };
}

function redirectOf(pattern: RoutePattern<RouteModel | undefined>): RedirectRoute[] {
  const { route, hosts, methods, headers, at = [] } = pattern;
  return route?.action.kind === 'redirect' ? [{ route, action: route.action, hosts, methods, headers, at }] : [];
}

function resolveRoute(
  options: ParsedRouteOptions,
  index: number,
  parts: RouteParts,
): RoutePattern<RouteModel | undefined> {
  const at: KeyPath = ['routes', index];
  const { context, upstreams, policies, features } = parts;
  const { path = '/*' } = options;
  const hosts = listOf(options.host);
  const label = options.name ?? `${hosts.join(',')}${path}`;
  const parsed = parsePathPattern(path);
  const cors = policies.find(options.cors, label, [...at, 'cors']);
  const action = resolveAction(options, {
    problems: context.problems,
    machine: context.machine,
    path: at,
    upstreams,
    routePath: path,
    pattern: 'code' in parsed ? undefined : parsed,
    cors: cors ?? (policies.meansOne(options.cors) ? 'unknown' : undefined),
  });
  return {
    route:
      action === undefined
        ? undefined
        : Object.freeze({
            index,
            label,
            action: Object.freeze(action),
            cors,
            features: features.of(options, { path: at, problems: context.problems, cors }),
          }),
    label,
    hosts,
    path,
    methods: resolveMethods(listOf(options.method), [...at, 'method'], context),
    headers: resolveHeaders(options.header ?? {}, [...at, 'header'], context),
    captureRest: fillsRest(action),
    at,
  };
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

function fillsRest(action: ActionModel | undefined): boolean {
  const template = action?.kind === 'proxy' ? action.rewrite : action?.kind === 'redirect' ? action.to : '';
  return templateNames(parseTemplate(template)).includes('*');
}

function resolveMethods(methods: readonly string[], base: KeyPath, { problems }: ResolveContext): readonly string[] {
  for (const [index, method] of methods.entries()) {
    const at = methods.length > 1 ? [...base, index] : base;
    if (!headerNamePattern.test(method)) problems.error('method-invalid', at, { method });
    else if (method === 'CONNECT' || method === 'TRACE') problems.error('method-refused', at, { method });
    else if (method !== method.toUpperCase()) problems.error('method-case', at, { method });
  }
  return methods;
}

function resolveHeaders(
  headers: Readonly<Record<string, string | true>>,
  at: KeyPath,
  { problems }: ResolveContext,
): Record<string, string | true> {
  const resolved: [string, string | true][] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (!headerNamePattern.test(name)) problems.error('header-name-invalid', [...at, name], { name });
    else if (value !== true && !isFieldValue(value)) problems.error('header-value-invalid', [...at, name], { name });
    else resolved.push([name.toLowerCase(), value]);
  }
  return Object.fromEntries(resolved);
}

/** Two routes of one name couldn't be told apart in the log. */
function checkNames(patterns: readonly RoutePattern<unknown>[], { problems }: ResolveContext): void {
  const seen = new Set<string>();
  for (const { label, at } of patterns) {
    // Labels made of host and path may be equal: such routes differ by method or header.
    if (!label.includes('/') && seen.has(label))
      problems.error('route-name-twice', [...(at ?? []), 'name'], { name: label });
    seen.add(label);
  }
}
