import { parseTokenList, type TokenListLimits } from '../protocol/field-list.ts';
import { isToken } from '../protocol/token.ts';
import type { CorsRequest, Decision, DecisionData, DecisionReason, HeaderLine } from './decision.ts';
import { VARY_PREFLIGHT, allowedPreflight, type Admitted, type Engine } from './engine.ts';
import { preflightLines, type CompiledGrant } from './grant.ts';
import type { Policy } from './policy.ts';

/** Browsers write lists of a few dozen names without empty items; more is hostile. */
const LIST_LIMITS: TokenListLimits = { length: 8192, empty: 16 };

/** Lists of names longer than this aren't noted. */
const LONGEST_NOTED = 400;
/** How many refused names a decision reports. */
const REPORTED_NAMES = 16;

const PASSED: Decision = Object.freeze({
  kind: 'passed',
  allowed: true,
  reason: 'passed',
  data: Object.freeze({}),
  headers: Object.freeze([]),
  vary: Object.freeze([]),
  exposeAll: false,
  refuse: false,
  status: undefined,
  memo: { value: undefined },
});

/**
 * What a policy says to a request. Never throws, whatever the request. A preflight is an OPTIONS request with both
 * `Origin` and `Access-Control-Request-Method` (Fetch, CORS-preflight request): anything else is an actual request,
 * OPTIONS too.
 */
export function decide(policy: Policy, request: CorsRequest): Decision {
  const { engine } = policy;
  if (engine === undefined) return PASSED;
  const { origin } = request;
  if (request.websocket === true) return decideSocket(engine, request);
  if (hasSeveralOrigins(request)) {
    return isPreflight(request) ? refusePreflight('multiple-origins', {}, []) : engine.multipleOrigins;
  }
  if (origin === undefined) return engine.noOrigin;
  const admitted = engine.find(origin);
  if (isPreflight(request)) return decidePreflight(engine, admitted, request);
  if (admitted !== undefined) return admitted.actual;
  return request.sameOrigin ? engine.sameOrigin : engine.refuse(origin);
}

/** A serialised origin has no comma: what has one is several lines that were joined on the way. */
function hasSeveralOrigins(request: CorsRequest): boolean {
  return (request.originCount ?? 1) > 1 || (request.origin?.includes(',') ?? false);
}

function isPreflight(request: CorsRequest): boolean {
  return request.method === 'OPTIONS' && request.requestMethod !== undefined && request.origin !== undefined;
}

/** Browsers let any page open a WebSocket, with cookies, and no CORS check follows (RFC 6455, 10.2). */
function decideSocket(engine: Engine, request: CorsRequest): Decision {
  const { origin } = request;
  if (hasSeveralOrigins(request)) return engine.multipleOriginsSocket;
  if (origin === undefined) return engine.socketWithoutOrigin;
  if (request.sameOrigin) return engine.socketSameOrigin;
  return engine.find(origin)?.websocket ?? engine.refuseSocket(origin);
}

function decidePreflight(engine: Engine, admitted: Admitted | undefined, request: CorsRequest): Decision {
  const { origin = '', requestMethod: method = '' } = request;
  if (admitted === undefined) {
    return refusePreflight('origin-not-allowed', { origin }, engine.explainOrigin(origin));
  }
  const { compiled } = admitted;
  if (!isToken(method)) return refusePreflight('malformed-method', { origin, method }, []);
  const { requestHeaders = '' } = request;
  const { preflight } = admitted;
  // One frontend's preflights ask for the same names again and again, and these were looked at a moment ago.
  if (preflight !== undefined && requestHeaders === compiled.lastGranted.names && allowsMethod(compiled, method)) {
    return preflight;
  }
  const names = parseTokenList(requestHeaders, LIST_LIMITS);
  if (names === undefined) return refusePreflight('malformed-request-headers', { origin, method }, []);
  if (!allowsMethod(compiled, method)) {
    const lines = engine.explain ? explainMethod(admitted) : [];
    return refusePreflight('method-not-allowed', { origin, method }, lines);
  }
  const refused = refusedNames(compiled, names);
  if (refused.length > 0) {
    const lines = engine.explain ? explainHeaders(admitted, { method, names, refused }) : [];
    return refusePreflight('header-not-allowed', { origin, method, headers: refused }, lines);
  }
  if (preflight === undefined) return nameEverything(admitted, method, names);
  if (requestHeaders.length <= LONGEST_NOTED) compiled.lastGranted.names = requestHeaders;
  return preflight;
}

/** GET, HEAD and POST never need listing (Fetch, CORS-preflight fetch, step 7: CORS-safelisted methods). */
function allowsMethod(compiled: CompiledGrant, method: string): boolean {
  if (method === 'GET' || method === 'POST' || method === 'HEAD') return true;
  return compiled.grant.anyMethod || compiled.methods.has(method);
}

function refusedNames(compiled: CompiledGrant, names: readonly string[]): string[] {
  const refused: string[] = [];
  for (const item of names) {
    const name = item.toLowerCase();
    if (compiled.headers.has(name)) continue;
    // `*` doesn't cover it (Fetch, "CORS non-wildcard request-header name").
    if (compiled.grant.anyHeader && name !== 'authorization') continue;
    if (refused.length < REPORTED_NAMES && !refused.includes(name)) refused.push(name);
  }
  return refused;
}

/** With credentials `*` is a name like any other, so "all" is answered with what was asked for. */
function nameEverything(admitted: Admitted, method: string, names: readonly string[]): Decision {
  const { compiled } = admitted;
  const { anyMethod, anyHeader } = compiled.grant;
  const headers = anyHeader
    ? [...new Set([...compiled.grant.headers, ...names.map((name) => name.toLowerCase())])].toSorted().join(',')
    : compiled.allowHeaders;
  return allowedPreflight(
    admitted.allowOrigin,
    preflightLines(compiled, anyMethod ? method : compiled.allowMethods, headers),
  );
}

function explainMethod(admitted: Admitted): readonly HeaderLine[] {
  const { compiled, allowOrigin } = admitted;
  const methods = compiled.allowMethods === '' ? 'GET,HEAD,POST' : compiled.allowMethods;
  return [allowOrigin, ...withoutMaxAge(preflightLines(compiled, methods, compiled.allowHeaders))];
}

/** What a preflight asked for, and what of it isn't granted. */
interface Asked {
  readonly method: string;
  readonly names: readonly string[];
  readonly refused: readonly string[];
}

/**
 * The method is granted, the headers only as far as they are: what is missing keeps the browser from going on. Never
 * `*`, because engines let it cover Authorization, against the standard.
 */
function explainHeaders(admitted: Admitted, asked: Asked): readonly HeaderLine[] {
  const { compiled, allowOrigin } = admitted;
  const methods = compiled.grant.anyMethod ? asked.method : compiled.allowMethods;
  const granted = asked.names.map((name) => name.toLowerCase()).filter((name) => !asked.refused.includes(name));
  const headers = compiled.grant.anyHeader ? [...new Set(granted)].join(',') : compiled.allowHeaders;
  return [allowOrigin, ...withoutMaxAge(preflightLines(compiled, methods, headers))];
}

function withoutMaxAge(lines: readonly HeaderLine[]): readonly HeaderLine[] {
  return lines.filter(([name]) => name !== 'Access-Control-Max-Age');
}

/** A refusal with lines that explain it has to be a success, or the browser would stop at the status. */
function refusePreflight(reason: DecisionReason, data: DecisionData, headers: readonly HeaderLine[]): Decision {
  return {
    kind: 'preflight',
    allowed: false,
    reason,
    data,
    headers,
    vary: VARY_PREFLIGHT,
    exposeAll: false,
    refuse: false,
    status: headers.length > 0 ? 204 : 403,
    memo: { value: undefined },
  };
}
