import { buildOpen } from './build-open.ts';
import { buildNamed } from './build-named.ts';
import { CONNECTION_HEADERS, DEFAULT_REQUEST_HEADERS } from './header-names.ts';
import { parsePrivateEntry } from './address.ts';
import { isToken } from '../protocol/token.ts';
import type { AllowRule, AllowsOrigin, GuardModel, GuardRateLimit } from './model.ts';
import { parseAllow } from './parse-allow.ts';
import { entriesOf, type GuardSettings, type GuardSurroundings } from './settings.ts';

const DEFAULT_MAX_REDIRECTS = 5;
const DEFAULT_MAX_BODY = 10 * 1024 ** 2;
const DEFAULT_MAX_RESPONSE = 100 * 1024 ** 2;

/** In the open form, where hosts and origins are listed. */
const EVERYTHING: AllowRule = Object.freeze({ methods: undefined, segments: Object.freeze(['**']) });

/** Understands a guard's options; undefined with its problems reported, all of them. */
export function buildGuard(settings: GuardSettings, around: GuardSurroundings): GuardModel | undefined {
  const { at, problems } = around;
  const form = formOf(settings, around);
  const allow = buildAllow(settings, around, form);
  const to =
    form === 'named' ? buildNamed(settings, around) : form === 'open' ? buildOpen(settings, around) : undefined;
  const requestHeaders = headerNames(settings, 'requestHeaders', around);
  const responseHeaders = headerNames(settings, 'responseHeaders', around);
  checkPrivate(settings, around);
  const { redirects = 'follow', maxRedirects } = settings;
  if (redirects === 'rewrite' && maxRedirects !== undefined) {
    problems.error('guard-option-unused', [...at, 'maxRedirects'], { key: 'maxRedirects', reason: 'rewrite' });
  }
  if (to === undefined) return undefined;
  const rateLimit = buildRateLimit(settings, to.allowsOrigin, around);
  return Object.freeze({
    to,
    allow,
    requestHeaders: new Set([...DEFAULT_REQUEST_HEADERS, ...requestHeaders]),
    responseHeaders: new Set(responseHeaders),
    redirects: Object.freeze({ mode: redirects, max: maxRedirects ?? DEFAULT_MAX_REDIRECTS }),
    allowPrivate: Object.freeze(entriesOf(settings.allowPrivate, []).map(([entry]) => entry)),
    maxBody: settings.maxBody ?? DEFAULT_MAX_BODY,
    maxResponse: settings.maxResponse ?? DEFAULT_MAX_RESPONSE,
    rateLimit,
  });
}

const NAMED_ONLY = ['headers', 'query', 'redirectHosts'] as const;
const OPEN_ONLY = ['origins', 'denyOrigins', 'requireHeader'] as const;

function formOf(settings: GuardSettings, { at, problems }: GuardSurroundings): 'named' | 'open' | undefined {
  const { target, hosts, dangerouslyAllowAnyTarget = false } = settings;
  const keys = [
    ...(target === undefined ? [] : ['target']),
    ...(hosts === undefined ? [] : ['hosts']),
    ...(dangerouslyAllowAnyTarget ? ['dangerouslyAllowAnyTarget'] : []),
  ];
  if (keys.length === 0) problems.error('guard-no-target', at);
  if (keys.length > 1) problems.error('guard-two-forms', at, { keys });
  if (keys.length !== 1) return undefined;
  const form = target === undefined ? 'open' : 'named';
  for (const key of form === 'named' ? OPEN_ONLY : NAMED_ONLY) {
    if (settings[key] === undefined) continue;
    if (key === 'headers' || key === 'query') problems.error('guard-secret-open', [...at, key], { key });
    else problems.error('guard-option-unused', [...at, key], { key, reason: form });
  }
  return form;
}

function buildAllow(
  { allow }: GuardSettings,
  { at, problems, prefix }: GuardSurroundings,
  form: 'named' | 'open' | undefined,
): readonly AllowRule[] {
  const place = [...at, 'allow'];
  if (allow === undefined && form === 'named') problems.error('guard-allow-missing', at);
  if (allow?.length === 0) problems.error('guard-list-empty', place, { key: 'allow' });
  if (allow === undefined) return Object.freeze(form === 'named' ? [] : [EVERYTHING]);
  const rules: AllowRule[] = [];
  for (const [entry, entryPlace] of entriesOf(allow, place)) {
    const rule = parseAllow(entry);
    if ('reason' in rule) {
      problems.error('guard-allow-invalid', entryPlace, { value: entry, ...rule });
      continue;
    }
    rules.push(Object.freeze(rule));
    const [method = '', path = ''] = entry.trim().split(/ +/);
    if (form === 'named' && prefix !== '' && `${path}/`.startsWith(`${prefix}/`)) {
      const suggestion = `${method} ${path.slice(prefix.length) || '/'}`;
      problems.warn('guard-allow-prefix', entryPlace, { value: entry, prefix, suggestion });
    }
  }
  return Object.freeze(rules);
}

function headerNames(
  settings: GuardSettings,
  key: 'requestHeaders' | 'responseHeaders',
  { at, problems }: GuardSurroundings,
): string[] {
  return entriesOf(settings[key], [...at, key]).map(([entry, place]) => {
    const name = entry.toLowerCase();
    if (!isToken(entry)) problems.error('header-name-invalid', place, { name: entry });
    else if (CONNECTION_HEADERS.has(name))
      problems.error('guard-header-refused', place, { name: entry, reason: 'connection' });
    else if (name.startsWith('access-control-'))
      problems.error('guard-header-refused', place, { name: entry, reason: 'cors' });
    return name;
  });
}

/** Wider than this, a range isn't a network that somebody has: `10.0.0.0/8` and `fc00::/7` are the largest. */
const WIDEST = { ipv4: 8, ipv6: 7 };

function checkPrivate({ allowPrivate }: GuardSettings, { at, problems }: GuardSurroundings): void {
  for (const [entry, place] of entriesOf(allowPrivate, [...at, 'allowPrivate'])) {
    const parsed = parsePrivateEntry(entry);
    if (parsed === undefined) problems.error('guard-private-invalid', place, { value: entry });
    else if ('network' in parsed && parsed.bits < WIDEST[parsed.network.kind()]) {
      problems.error('guard-private-wide', place, { value: entry });
    }
  }
}

function buildRateLimit(
  { rateLimit }: GuardSettings,
  allowsOrigin: AllowsOrigin | undefined,
  { at, problems, policy }: GuardSurroundings,
): GuardRateLimit | undefined {
  if (rateLimit === undefined) return undefined;
  const { requests, per, by = 'client' } = rateLimit;
  const place = [...at, 'rateLimit'];
  if (per === 0) problems.error('config-range', [...place, 'per'], { value: '0', bound: 'at least 1ms' });
  if (by === 'origin' && allowsOrigin === undefined && policy !== 'unknown') {
    problems.error('guard-rate-by-origin', [...place, 'by']);
  }
  return Object.freeze({ requests, per, byOrigin: by === 'origin' ? allowsOrigin : undefined });
}
