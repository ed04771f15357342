import type * as z from 'zod';
import { parseTemplate, templateNames, type PathPattern } from '../routing/index.ts';
import type { ResolveContext } from './context.ts';
import type { ActionModel, FilesModel, PolicyModel, ProxyModel, RedirectModel, RespondModel } from './model.ts';
import type { KeyPath } from './problems.ts';
import { resolveGuard } from './resolve-guard.ts';
import { resolveRespond } from './resolve-respond.ts';
import { mergeTimeouts, type Upstreams } from './resolve-upstreams.ts';
import type { routeOptions } from './schema/schema.ts';

/** A route as the schema understands it. */
export type ParsedRouteOptions = z.output<typeof routeOptions>;

/** What resolving an action needs beside the route's options. */
export interface ActionContext extends Pick<ResolveContext, 'problems' | 'machine'> {
  readonly path: KeyPath;
  readonly upstreams: Upstreams;
  /** The route's path, undefined if it's wrong. */
  readonly pattern: PathPattern | undefined;
  /** As written. */
  readonly routePath: string;
  /** The route's policy; `unknown` if it's wrong, which has been reported. */
  readonly cors: PolicyModel | 'unknown' | undefined;
}

const ACTIONS = ['proxy', 'guard', 'files', 'redirect', 'respond'] as const;

type ActionKind = (typeof ACTIONS)[number];

/** Options that belong to some actions only. */
const OPTION_OF: Readonly<Record<string, readonly ActionKind[]>> = {
  stripPrefix: ['proxy', 'files'],
  rewrite: ['proxy'],
  hostHeader: ['proxy'],
  forwarded: ['proxy'],
  via: ['proxy', 'guard'],
  timeouts: ['proxy', 'guard'],
  fallback: ['files'],
  index: ['files'],
};

/** The one action of a route, or undefined with its problems reported. */
export function resolveAction(options: ParsedRouteOptions, context: ActionContext): ActionModel | undefined {
  const { path, problems } = context;
  const present = ACTIONS.filter((key) => options[key] !== undefined);
  const [kind] = present;
  if (kind === undefined) {
    problems.error('route-no-action', path, { actions: ACTIONS });
    return undefined;
  }
  if (present.length > 1) {
    problems.error('route-two-actions', path, { actions: present });
    return undefined;
  }
  for (const [key, kinds] of Object.entries(OPTION_OF)) {
    if (!(key in options) || kinds.includes(kind)) continue;
    problems.error('route-option-unused', [...path, key], { key, action: kind, actions: kinds });
  }
  if (options.proxy !== undefined) return resolveProxy(options, options.proxy, context);
  if (options.guard !== undefined) return resolveGuard(options.guard, options, context);
  if (options.files !== undefined) return resolveFiles(options, options.files, context);
  if (options.redirect !== undefined) return resolveRedirect(options.redirect, context);
  return options.respond === undefined ? undefined : respond(options.respond, context);
}

function resolveProxy(options: ParsedRouteOptions, proxy: string, context: ActionContext): ProxyModel | undefined {
  const { path, problems, upstreams } = context;
  const upstream = upstreams.find(proxy, [...path, 'proxy']);
  const { stripPrefix, rewrite } = options;
  checkStripPrefix(stripPrefix, context);
  if (rewrite !== undefined) {
    const rewritePath = [...path, 'rewrite'];
    if (stripPrefix !== undefined) problems.error('rewrite-and-strip', rewritePath, {});
    if (!/^\/(?!\/)[^?#\s{}]*$/.test(rewrite)) problems.error('rewrite-invalid', rewritePath, { value: rewrite });
    checkTemplate(rewrite, rewritePath, context);
  }
  if (upstream === undefined) return undefined;
  return {
    kind: 'proxy',
    upstream,
    timeouts: mergeTimeouts(upstream.timeouts, options.timeouts),
    stripPrefix: stripPrefix ?? '',
    rewrite: rewrite ?? '',
    host: options.hostHeader ?? 'keep',
    forwarded: options.forwarded ?? false,
    via: options.via ?? true,
  };
}

function resolveFiles(options: ParsedRouteOptions, files: string, context: ActionContext): FilesModel {
  const { path, problems, machine } = context;
  const root = machine.absolute(files);
  checkFolder(root, context);
  checkStripPrefix(options.stripPrefix, context);
  const { fallback = '', index = 'index.html' } = options;
  if (fallback !== '' && !/^\/(?!\/)[^?#\\]*[^?#\\/]$/.test(fallback)) {
    problems.error('fallback-invalid', [...path, 'fallback'], { value: fallback });
  }
  const names = typeof index === 'string' ? [index] : index;
  for (const name of names) {
    if (name === '' || /[/\\]|^\.\.?$/.test(name)) problems.error('index-invalid', [...path, 'index'], { value: name });
  }
  return { kind: 'files', root, fallback, index: Object.freeze(names), stripPrefix: options.stripPrefix ?? '' };
}

function checkFolder(root: string, { machine, path, problems }: ActionContext): void {
  if (!machine.checkFiles) return;
  const state = machine.findFolder(root);
  if ('cause' in state) problems.error('files-missing', [...path, 'files'], { folder: root, cause: state.cause });
  else if (!state.folder) problems.error('files-not-a-folder', [...path, 'files'], { folder: root });
}

function resolveRedirect(
  redirect: NonNullable<ParsedRouteOptions['redirect']>,
  context: ActionContext,
): RedirectModel | undefined {
  const { to, status = 308 } = typeof redirect === 'string' ? { to: redirect } : redirect;
  const path = [...context.path, 'redirect', ...(typeof redirect === 'string' ? [] : ['to'])];
  if (!isRedirectTarget(to)) {
    context.problems.error('redirect-invalid', path, { value: to });
    return undefined;
  }
  checkTemplate(to, path, context);
  return { kind: 'redirect', to, status };
}

function isRedirectTarget(to: string): boolean {
  if (/[\s\\]/.test(to)) return false;
  if (to.startsWith('/')) return !to.startsWith('//');
  // What is filled in must not become part of the host.
  return /^https?:\/\/[^/?#@*:{]+(?::\d+)?(?:[/?#]|$)/i.test(to);
}

function respond(options: NonNullable<ParsedRouteOptions['respond']>, { path, problems }: ActionContext): RespondModel {
  return resolveRespond(typeof options === 'number' ? { status: options } : options, {
    path: [...path, 'respond'],
    problems,
  });
}

/** A prefix is stripped in whole segments, and every path of the route must have it. */
function checkStripPrefix(prefix: string | undefined, { path, pattern, routePath, problems }: ActionContext): void {
  if (prefix === undefined) return;
  const at = [...path, 'stripPrefix'];
  if (!/^\/[^/]/.test(prefix) || prefix.endsWith('/') || prefix.includes('//')) {
    problems.error('strip-prefix-invalid', at, { value: prefix });
    return;
  }
  if (pattern === undefined) return;
  const segments = prefix.slice(1).split('/');
  const fits = segments.every((text, index) => {
    const segment = pattern.segments[index];
    return segment?.kind === 'static' && segment.text === text;
  });
  if (!fits) problems.error('strip-prefix-mismatch', at, { value: prefix, path: routePath });
}

/** A template may only fill in what the route's path captures. */
function checkTemplate(template: string, at: KeyPath, { pattern, problems }: ActionContext): void {
  if (pattern === undefined) return;
  const known = pattern.segments.flatMap((segment) => (segment.kind === 'param' ? [segment.name] : []));
  for (const name of new Set(templateNames(parseTemplate(template)))) {
    if (name === '{query}' || known.includes(name) || (name === '*' && pattern.rest)) continue;
    problems.error('template-param-unknown', at, { name, known: pattern.rest ? [...known, '*'] : known });
  }
}
