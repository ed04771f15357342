import type { Decision, DecisionKind, DecisionReason, HeaderLine } from './decision.ts';
import { compileGrant, preflightLines, type CompiledGrant, type Grant } from './grant.ts';
import { Lru } from './lru.ts';
import { nearestRule } from './nearest.ts';
import { NO_GROUP, OriginIndex } from './origin-index.ts';
import type { OriginRule } from './origin-rule.ts';

/** How many origins that match a pattern, and how many that don't, are remembered. */
const REMEMBERED = 1024;

/** Longer ones are no origins, and not worth remembering. */
const LONGEST_REMEMBERED = 400;

const NOTHING: readonly never[] = Object.freeze([]);
const NO_DATA = Object.freeze({});
const VARY_ORIGIN: readonly string[] = Object.freeze(['Origin']);

/** `Vary` of every answer to a preflight: what it was decided by. */
export const VARY_PREFLIGHT: readonly string[] = Object.freeze([
  'Origin',
  'Access-Control-Request-Method',
  'Access-Control-Request-Headers',
]);

/** What is ready for one origin that a policy lets in. */
export interface Admitted {
  readonly compiled: CompiledGrant;
  readonly allowOrigin: HeaderLine;
  readonly actual: Decision;
  readonly websocket: Decision;
  /** The answer to every preflight that succeeds, where they're all the same. */
  readonly preflight: Decision | undefined;
}

/** What an engine is made of. */
export interface EngineParts {
  readonly grants: readonly Grant[];
  readonly rules: readonly OriginRule[];
  readonly enforce: boolean;
  readonly explain: boolean;
}

/**
 * A policy in the form that `decide` reads. Its caches are the only state: they never change an answer, only whether it
 * is a new object.
 */
export class Engine {
  readonly explain: boolean;
  readonly rules: readonly OriginRule[];
  readonly sameOrigin: Decision;
  readonly noOrigin: Decision;
  readonly socketWithoutOrigin: Decision;
  readonly socketSameOrigin: Decision;
  readonly multipleOrigins: Decision;
  readonly multipleOriginsSocket: Decision;
  readonly #enforce: boolean;
  readonly #index: OriginIndex;
  readonly #grants: readonly CompiledGrant[];
  readonly #anyone: Admitted | undefined;
  readonly #vary: readonly string[];
  readonly #exact = new Map<string, Admitted>();
  readonly #matched = new Lru<Admitted>(REMEMBERED);
  readonly #refused = new Lru<Decision>(REMEMBERED);

  constructor(parts: EngineParts) {
    this.explain = parts.explain;
    this.rules = parts.rules;
    this.#enforce = parts.enforce;
    this.#index = new OriginIndex(parts.rules);
    this.#grants = parts.grants.map((grant) => compileGrant(grant));
    // A policy that answers everybody with `*` says the same to all, so caches may share it (Fetch, "CORS protocol and
    // HTTP caches"). Any other depends on Origin, its absence included.
    const uniform = parts.rules.every((rule) => rule.kind === 'any');
    this.#vary = uniform ? NOTHING : VARY_ORIGIN;
    this.#anyone = this.#admit('*', this.#index.any);
    this.noOrigin = this.#plain('no-origin', 'no-origin');
    this.sameOrigin = this.#plain('same-origin', 'same-origin');
    this.socketWithoutOrigin = socket(true, 'no-origin');
    this.socketSameOrigin = socket(true, 'same-origin');
    this.multipleOrigins = this.#denied('actual', 'multiple-origins', undefined);
    this.multipleOriginsSocket = socket(false, 'multiple-origins');
    Object.freeze(this);
  }

  /** What is ready for an origin, or `undefined` if no rule lets it in. */
  find(origin: string): Admitted | undefined {
    const known = this.#exact.get(origin);
    if (known !== undefined) return known;
    const group = this.#index.exact.get(origin);
    if (group !== undefined) {
      const admitted = this.#admit(origin, group);
      if (admitted !== undefined) this.#exact.set(origin, admitted);
      return admitted;
    }
    return this.#index.hasPatterns ? this.#findByPattern(origin) : this.#anyone;
  }

  #findByPattern(origin: string): Admitted | undefined {
    const known = this.#matched.get(origin);
    if (known !== undefined) return known;
    if (this.#refused.get(origin) !== undefined) return undefined;
    const text = ownCopy(origin);
    const admitted = this.#admit(text, this.#index.matchPattern(text)) ?? this.#anyone;
    if (admitted === undefined) this.refuse(text);
    else if (text.length <= LONGEST_REMEMBERED) this.#matched.set(text, admitted);
    return admitted;
  }

  /** The decision on a request from an origin that no rule lets in. */
  refuse(origin: string): Decision {
    const known = this.#refused.get(origin);
    if (known !== undefined) return known;
    const text = ownCopy(origin);
    const decision = this.#denied('actual', 'origin-not-allowed', text);
    if (text.length <= LONGEST_REMEMBERED) this.#refused.set(text, decision);
    return decision;
  }

  /** The same for a WebSocket handshake, which is always refused: CORS doesn't protect it. */
  refuseSocket(origin: string): Decision {
    return { ...socket(false, 'origin-not-allowed'), data: { origin } };
  }

  /** ACAO for a refused origin in `explain` mode: the nearest one that is allowed, never the refused one itself. */
  explainOrigin(origin: string): readonly HeaderLine[] {
    if (!this.explain) return NOTHING;
    const text = nearestRule(this.rules, origin)?.rule.text;
    return text === undefined || text === origin || text === '*' ? NOTHING : [['Access-Control-Allow-Origin', text]];
  }

  #admit(origin: string, group: number): Admitted | undefined {
    const compiled = group === NO_GROUP ? undefined : this.#grants[group];
    if (compiled === undefined) return undefined;
    const allowOrigin: HeaderLine = Object.freeze(['Access-Control-Allow-Origin', origin] as const);
    const { grant } = compiled;
    const actual: Decision = Object.freeze({
      kind: 'actual',
      allowed: true,
      reason: 'allowed',
      data: origin === '*' ? NO_DATA : Object.freeze({ origin }),
      headers: Object.freeze([allowOrigin, ...compiled.responseTail]),
      vary: this.#vary,
      exposeAll: grant.exposeAll && grant.credentials,
      refuse: false,
      status: undefined,
      memo: { value: undefined },
    });
    const preflight = compiled.fixed
      ? allowedPreflight(allowOrigin, preflightLines(compiled, compiled.allowMethods, compiled.allowHeaders))
      : undefined;
    return { compiled, allowOrigin, actual, websocket: socket(true, 'allowed'), preflight };
  }

  #plain(kind: DecisionKind, reason: DecisionReason): Decision {
    const anyone = this.#anyone?.actual;
    return Object.freeze({
      kind,
      allowed: true,
      reason,
      data: NO_DATA,
      headers: anyone?.headers ?? NOTHING,
      vary: this.#vary,
      exposeAll: false,
      refuse: false,
      status: undefined,
      memo: { value: undefined },
    });
  }

  #denied(kind: DecisionKind, reason: DecisionReason, origin: string | undefined): Decision {
    return Object.freeze({
      kind,
      allowed: false,
      reason,
      data: origin === undefined ? NO_DATA : Object.freeze({ origin }),
      headers: origin === undefined ? NOTHING : this.explainOrigin(origin),
      // Another request without the second Origin line would be answered otherwise, whatever the policy.
      vary: VARY_ORIGIN,
      exposeAll: false,
      refuse: this.#enforce,
      status: this.#enforce ? 403 : undefined,
      memo: { value: undefined },
    });
  }
}

/** The answer to a preflight that succeeds. */
export function allowedPreflight(allowOrigin: HeaderLine, lines: readonly HeaderLine[]): Decision {
  return Object.freeze({
    kind: 'preflight',
    allowed: true,
    reason: 'allowed',
    data: NO_DATA,
    headers: Object.freeze([allowOrigin, ...lines]),
    vary: VARY_PREFLIGHT,
    exposeAll: false,
    refuse: false,
    status: 204,
    memo: { value: undefined },
  });
}

function socket(allowed: boolean, reason: DecisionReason): Decision {
  return Object.freeze({
    kind: 'websocket',
    allowed,
    reason,
    data: NO_DATA,
    headers: NOTHING,
    vary: NOTHING,
    exposeAll: false,
    refuse: !allowed,
    status: allowed ? undefined : 403,
    memo: { value: undefined },
  });
}

/**
 * A copy with memory of its own. What a parser hands out may be a slice that keeps a whole read of the socket alive for
 * as long as it's remembered.
 */
function ownCopy(text: string): string {
  return text.length > LONGEST_REMEMBERED ? text : [...text].join('');
}
