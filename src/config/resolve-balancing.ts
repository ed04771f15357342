import type * as z from 'zod';
import { IDEMPOTENT } from '../protocol/methods.ts';
import { parseIpv4, parseIpv6 } from '../protocol/ip-address.ts';
import { isToken } from '../protocol/token.ts';
import type {
  BalanceModel,
  BalancingModel,
  BreakerModel,
  EjectModel,
  HealthCheckModel,
  QueueModel,
  ResolveModel,
  RetryModel,
  StickyModel,
} from './balancing-model.ts';
import {
  DEFAULT_BREAKER,
  DEFAULT_EJECT,
  DEFAULT_HEALTH_CHECK,
  DEFAULT_QUEUE,
  DEFAULT_RESOLVE_EVERY,
  DEFAULT_RETRY,
} from './defaults.ts';
import { isDnsServer } from './dns-server.ts';
import type { ServerModel } from './model.ts';
import type { KeyPath, Problems } from './problems.ts';
import type { upstreamOptions } from './schema/schema.ts';

type Options = z.output<typeof upstreamOptions>;
type Given<Key extends keyof Options> = NonNullable<Options[Key]>;

/** The upstream that is being understood. */
interface Context {
  readonly name: string;
  readonly servers: readonly ServerModel[];
  readonly path: KeyPath;
  readonly problems: Problems;
}

/** Shorter ones would keep both sides busy with checks. */
const MIN_INTERVAL = 100;
/** A guess at a shorter secret costs less than it's worth. */
const MIN_SECRET = 16;

/** How requests are spread; undefined if something is wrong, which is reported. */
export function resolveBalancing(options: Options, context: Context): BalancingModel | undefined {
  const before = context.problems.all.length;
  const { servers, path, problems } = context;
  const { maxRequests = 0, slowStart = 0, queue } = options;
  const several = servers.length > 1 || servers.some(({ kind }) => kind === 'srv') || isOn(options.resolve);
  if (queue !== undefined && maxRequests === 0) {
    problems.error('upstream-option-unused', [...path, 'queue'], { key: 'queue', reason: 'queue' });
  }
  const model: BalancingModel = Object.freeze({
    balance: resolveBalance(options.balance ?? 'round-robin', context),
    sticky: options.sticky === undefined ? undefined : resolveSticky(options.sticky, context),
    healthCheck: options.healthCheck === undefined ? undefined : resolveHealthCheck(options.healthCheck, context),
    eject: resolveEject(options.eject ?? true, context),
    slowStart,
    breaker: resolveBreaker(options.breaker ?? false, context),
    retries: resolveRetries(options.retries ?? {}, several, context),
    maxRequests,
    queue: resolveQueue(queue),
    resolve: resolveNames(options.resolve ?? false, context),
  });
  return problems.all.length > before ? undefined : model;
}

function isOn(value: boolean | object | undefined): boolean {
  return value !== undefined && value !== false;
}

function resolveBalance(balance: Given<'balance'>, { path, problems }: Context): BalanceModel {
  if (typeof balance === 'string') return Object.freeze({ kind: balance });
  const { hash, maxLoad = Number.POSITIVE_INFINITY } = balance;
  if (hash === 'address') return Object.freeze({ kind: 'hash', by: 'address', name: '', maxLoad });
  const by = 'cookie' in hash ? 'cookie' : 'header';
  const name = 'cookie' in hash ? hash.cookie : hash.header.toLowerCase();
  if (!isToken(name)) {
    const code = by === 'cookie' ? 'cookie-name-invalid' : 'header-name-invalid';
    problems.error(code, [...path, 'balance', 'hash', by], { name });
  }
  return Object.freeze({ kind: 'hash', by, name, maxLoad });
}

const SAME_SITE = { strict: 'Strict', lax: 'Lax', none: 'None' } as const;

function resolveSticky(sticky: Given<'sticky'>, { name, path: base, problems }: Context): StickyModel {
  const at = [...base, 'sticky'];
  const { secret, cookie = `oneorigin-${name}`, maxAge = 0, sameSite = 'lax', path = '/' } = sticky;
  if (secret.length < MIN_SECRET) problems.error('sticky-secret-short', [...at, 'secret'], { min: MIN_SECRET });
  if (!isToken(cookie)) {
    problems.error('cookie-name-invalid', sticky.cookie === undefined ? at : [...at, 'cookie'], { name: cookie });
  }
  // RFC 6265 §4.1.1: no control characters, and `;` would begin the next attribute.
  if (!/^\/[\x21-\x3a\x3c-\x7e]*$/.test(path)) problems.error('cookie-path-invalid', [...at, 'path'], { value: path });
  return Object.freeze({ secret, cookie, maxAge, sameSite: SAME_SITE[sameSite], path });
}

function resolveHealthCheck(options: Given<'healthCheck'>, { path: base, problems }: Context): HealthCheckModel {
  const at = [...base, 'healthCheck'];
  const short = typeof options === 'string';
  const check = { ...DEFAULT_HEALTH_CHECK, ...(short ? { path: options } : options) };
  if (!/^\/[\x21\x22\x24-\x7e]*$/.test(check.path)) {
    problems.error('health-path-invalid', short ? at : [...at, 'path'], { value: check.path });
  }
  if (check.host !== '' && !/^[\w.-]+(?::\d{1,5})?$|^\[[\da-f:.]+\](?::\d{1,5})?$/i.test(check.host)) {
    problems.error('health-host-invalid', [...at, 'host'], { value: check.host });
  }
  if (check.interval < MIN_INTERVAL) atLeast(`${MIN_INTERVAL}ms`, check.interval, [...at, 'interval'], problems);
  if (check.timeout === 0) atLeast('1ms', 0, [...at, 'timeout'], problems);
  return Object.freeze(check);
}

function resolveEject(options: Given<'eject'>, { path, problems }: Context): EjectModel | undefined {
  if (options === false) return undefined;
  const model = { ...DEFAULT_EJECT, ...(options === true ? {} : options) };
  checkBackOff(model, options, [...path, 'eject'], problems);
  return Object.freeze(model);
}

function resolveBreaker(options: Given<'breaker'>, { path, problems }: Context): BreakerModel | undefined {
  if (options === false) return undefined;
  const model = { ...DEFAULT_BREAKER, ...(options === true ? {} : options) };
  checkBackOff(model, options, [...path, 'breaker'], problems);
  return Object.freeze(model);
}

/** The second time may not be shorter than the first. */
function checkBackOff(
  model: { readonly for: number; readonly maxFor: number },
  written: object | boolean,
  at: KeyPath,
  problems: Problems,
): void {
  if (model.for === 0) return atLeast('1ms', 0, [...at, 'for'], problems);
  if (model.maxFor >= model.for) return;
  const key = typeof written === 'object' && 'maxFor' in written ? 'maxFor' : 'for';
  problems.error('back-off-order', [...at, key], { for: seconds(model.for), maxFor: seconds(model.maxFor) });
}

function resolveRetries(options: Given<'retries'>, several: boolean, { path, problems }: Context): RetryModel {
  const usual = { ...DEFAULT_RETRY, attempts: several ? 1 : 0 };
  if (options === false) return Object.freeze({ ...usual, attempts: 0, methods: [...IDEMPOTENT] });
  const { dangerouslyRepeat = [], ...rest } = options;
  for (const [index, method] of dangerouslyRepeat.entries()) {
    const at = [...path, 'retries', 'dangerouslyRepeat', index];
    if (!isToken(method)) problems.error('method-invalid', at, { method });
    else if (method !== method.toUpperCase()) problems.error('method-case', at, { method });
  }
  return Object.freeze({ ...usual, ...rest, methods: Object.freeze([...IDEMPOTENT, ...dangerouslyRepeat]) });
}

function resolveQueue(options: Options['queue']): QueueModel | undefined {
  return options === false ? undefined : Object.freeze({ ...DEFAULT_QUEUE, ...options });
}

function resolveNames(options: Given<'resolve'>, { servers, path: base, problems }: Context): ResolveModel | undefined {
  const path = [...base, 'resolve'];
  const named = servers.some(({ kind, host }) => kind === 'srv' || (kind === 'address' && !isAddress(host)));
  if (isOn(options) && servers.length > 0 && !named) {
    problems.error('upstream-option-unused', path, { key: 'resolve', reason: 'resolve' });
  }
  const needed = servers.some(({ kind }) => kind === 'srv');
  if (options === false && needed) return Object.freeze({ every: DEFAULT_RESOLVE_EVERY, servers: [] });
  if (options === false) return undefined;
  const { every = DEFAULT_RESOLVE_EVERY, servers: given = [] } = options === true ? {} : options;
  if (every < MIN_INTERVAL) atLeast(`${MIN_INTERVAL}ms`, every, [...path, 'every'], problems);
  const listed = typeof given === 'string' ? [given] : given;
  for (const [index, server] of listed.entries()) {
    if (isDnsServer(server)) continue;
    problems.error('resolver-invalid', [...path, 'servers', ...(typeof given === 'string' ? [] : [index])], {
      value: server,
    });
  }
  return Object.freeze({ every, servers: Object.freeze(listed) });
}

function isAddress(host: string): boolean {
  return parseIpv4(host) !== undefined || parseIpv6(host) !== undefined;
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000}s`;
}

function atLeast(bound: string, value: number, path: KeyPath, problems: Problems): void {
  problems.error('config-range', path, { value: value === 0 ? '0' : `${value}ms`, bound: `at least ${bound}` });
}
