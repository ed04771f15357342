import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type * as z from 'zod';
import { ResolveContext } from './context.ts';
import {
  DEFAULT_CLIENT_TIMEOUTS,
  DEFAULT_LIMITS,
  DEFAULT_LOG,
  DEFAULT_RELOAD,
  DEFAULT_SHUTDOWN,
  DEFAULT_WORKERS,
} from './defaults.ts';
import type { Machine } from './machine.ts';
import type { ListenerModel, LogModel, Model } from './model.ts';
import { Problems } from './problems.ts';
import { RouteAuths } from './auth/route-auth.ts';
import { resolveAdmin } from './resolve-admin.ts';
import { RouteFeatureSets, type FeatureOptions } from './resolve-features.ts';
import { Auths } from './resolve-auth.ts';
import { checkExposure } from './resolve-guard.ts';
import { resolveListen, resolveTrustedProxies } from './resolve-listen.ts';
import { Policies } from './resolve-policies.ts';
import { resolveRoutes } from './resolve-routes.ts';
import { resolveTraces } from './resolve-traces.ts';
import { Upstreams } from './resolve-upstreams.ts';
import { parsePart, reportUnknownKey, show } from './schema/issues.ts';
import { configSchema } from './schema/schema.ts';
import type { Config } from './types.ts';

/** What a valid config gives, or everything that is wrong with it (and what is worth a look). */
export type ConfigResult =
  | {
      readonly model: Model;
      readonly warnings: readonly Diagnostic[];
      /** What the model was made of: plain data, variables filled in. */
      readonly config: Config;
    }
  | { readonly problems: readonly Diagnostic[] };

/**
 * Turns a config into the frozen model of a gateway on some machine. Never throws: whatever is wrong is reported, all at
 * once, with its place in the config.
 */
export function resolveOn(machine: Machine, config: Config): ConfigResult {
  const problems = new Problems();
  try {
    const model = new Resolver(problems, machine).resolve(config);
    if (model !== undefined && !problems.hasErrors) return { model, warnings: problems.all, config };
  } catch (error) {
    // Getters and proxies of a config written in JavaScript may do anything.
    problems.error('config-unreadable', [], { cause: error instanceof Error ? error.message : String(error) });
  }
  return { problems: problems.all };
}

type Section = keyof z.output<typeof configSchema>;

class Resolver {
  private readonly problems: Problems;
  private readonly context: ResolveContext;
  private raw: Readonly<Record<string, unknown>> = {};

  constructor(problems: Problems, machine: Machine) {
    this.problems = problems;
    this.context = new ResolveContext(problems, machine);
  }

  resolve(config: unknown): Model | undefined {
    const { problems, context } = this;
    if (!isRecord(config)) {
      problems.error('config-type', [], { value: show(config), expected: ['an object with `routes`'] });
      return undefined;
    }
    this.raw = config;
    const known = Object.keys(configSchema.shape);
    for (const key of Object.keys(config)) {
      // As Compose files have it: a place for what anchors point to.
      if (!known.includes(key) && !key.startsWith('x-')) reportUnknownKey(key, known, { path: [], problems });
    }

    const upstreams = new Upstreams(context);
    for (const [name, value] of Object.entries(this.record('upstreams'))) upstreams.define(name, value);
    const explain = this.section('explain') ?? false;
    const policies = new Policies(this.record('cors'), context, explain);
    const limits = Object.freeze({ ...DEFAULT_LIMITS, ...this.section('limits') });
    const auths = new Auths(this.record('auth'), context, upstreams);
    const defaults = { ...this.featureDefaults(), bodyLimit: limits.body };
    const features = new RouteFeatureSets(defaults, new RouteAuths(auths));
    const { routes, table } = resolveRoutes(this.list('routes'), { context, upstreams, policies, features });
    const defaultFeatures = features.ofNoRoute({ path: [], problems, cors: policies.default });
    const listeners = this.listeners();
    upstreams.checkLoops(listeners);
    checkExposure(routes, listeners, problems);
    const trustedProxies = resolveTrustedProxies(this.section('trustedProxies') ?? [], {
      path: ['trustedProxies'],
      problems,
    });
    const settings = {
      limits,
      timeouts: Object.freeze({ ...DEFAULT_CLIENT_TIMEOUTS, ...this.section('timeouts') }),
      log: this.log(auths.secretNames),
      workers: this.workers(),
      shutdown: Object.freeze({ ...DEFAULT_SHUTDOWN, ...this.section('shutdown') }),
      reload: Object.freeze({ ...DEFAULT_RELOAD, ...this.section('reload') }),
      admin: resolveAdmin(this.section('admin'), listeners, { path: ['admin'], problems }),
      traces: resolveTraces(this.section('traces'), { path: ['traces'], problems }),
      serverTiming: this.section('serverTiming') ?? false,
      explain,
    };
    // What is wrong with a route may be why nothing seems to use a name.
    if (!problems.hasErrors) {
      this.reportUnused('upstream-unused', 'upstreams', upstreams);
      this.reportUnused('policy-unused', 'cors', policies);
      this.reportUnused('auth-unused', 'auth', auths);
    }
    if (table === undefined) return undefined;
    return Object.freeze({
      listeners: Object.freeze(listeners),
      trustedProxies: Object.freeze(trustedProxies),
      upstreams: upstreams.named,
      policies: policies.named,
      routes: Object.freeze(routes),
      table,
      defaultFeatures,
      defaultPolicy: policies.default,
      ...settings,
    });
  }

  private section<Key extends Section>(key: Key): z.output<typeof configSchema>[Key] | undefined {
    if (!Object.hasOwn(this.raw, key) || this.raw[key] === undefined) return undefined;
    const schema: z.ZodType = configSchema.shape[key];
    const parsed = parsePart(schema, this.raw[key], { path: [key], problems: this.problems });
    // One key's schema gives that key's type, which TypeScript can't follow through an index.
    return parsed as z.output<typeof configSchema>[Key];
  }

  /** What the gateway itself turns on, for every route that doesn't say otherwise. */
  private featureDefaults(): FeatureOptions {
    const found: [string, unknown][] = [];
    for (const key of ['ipAllow', 'ipDeny', 'maintenance', 'crossSite'] as const) {
      const value = this.section(key);
      if (value !== undefined) found.push([key, value]);
    }
    return Object.fromEntries(found);
  }

  private record(key: 'upstreams' | 'cors' | 'auth'): Readonly<Record<string, unknown>> {
    const value = this.raw[key];
    if (isRecord(value)) return value;
    // A key with nothing below it: commented out, most likely.
    if (value !== undefined && value !== null)
      this.problems.error('config-type', [key], { value: show(value), expected: ['an object'] });
    return {};
  }

  private list(key: 'routes'): readonly unknown[] {
    const value = this.raw[key];
    if (Array.isArray(value) && value.length > 0) return value;
    if (value === undefined || value === null || Array.isArray(value)) this.problems.error('routes-none', [key]);
    else this.problems.error('config-type', [key], { value: show(value), expected: ['a list'] });
    return [];
  }

  private listeners(): ListenerModel[] {
    const at = { path: ['listen'], problems: this.problems };
    const value = this.section('listen');
    // A `listen` of the wrong type has been reported.
    return value === undefined && this.raw['listen'] !== undefined ? [] : resolveListen(value, at);
  }

  /** @param secret names that are secret whatever they're called */
  private log(secret: readonly string[]): LogModel {
    const { access = DEFAULT_LOG.access, headers = [], redact = [], ...rest } = this.section('log') ?? {};
    return Object.freeze({
      ...DEFAULT_LOG,
      ...rest,
      access: access === true || access === 'on' ? 'on' : 'off',
      headers: Object.freeze(headers.map((name) => name.toLowerCase())),
      redact: Object.freeze([...redact.map((name) => name.toLowerCase()), ...secret]),
    });
  }

  private workers(): number {
    const workers = this.section('workers') ?? DEFAULT_WORKERS;
    return workers === 'auto' ? this.context.machine.cores() : workers;
  }

  private reportUnused(
    code: 'upstream-unused' | 'policy-unused' | 'auth-unused',
    key: string,
    { names, used }: { readonly names: ReadonlySet<string>; readonly used: ReadonlySet<string> },
  ): void {
    for (const name of names) if (!used.has(name)) this.problems.warn(code, [key, name], { name });
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
