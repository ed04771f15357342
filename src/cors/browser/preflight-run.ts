import type { EngineProfile } from './engine.ts';
import type { Failure } from './failure.ts';
import type { FetchRun, RunParts } from './fetch-run.ts';
import type { PreflightQuestion } from './preflight-cache.ts';
import { judgeNeed, type JudgedNeed, type PreflightNeed } from './preflight-need.ts';
import type { HeaderLines } from './request.ts';
import { checkPreflight, fieldTokens, type CheckedPreflight, type ReceivedResponse, type Verdict } from './response.ts';

/** The preflights of a fetch: one at most for each of its URLs (Fetch, "CORS-preflight fetch"). */
export class PreflightRun {
  /** The headers of the request before any redirect. */
  readonly firstHeaders: HeaderLines;
  readonly #run: FetchRun;
  readonly #parts: RunParts;
  #wasNeeded = false;
  /** Whether the request to the current URL needs one. */
  #isNeeded = false;

  constructor(run: FetchRun, parts: RunParts) {
    this.#run = run;
    this.#parts = parts;
    this.firstHeaders = run.headers;
  }

  /** Asks for leave, unless none is needed or the cache has it. Returns why the fetch fails, or `undefined`. */
  ask(): Failure | undefined {
    const judged = this.#judge();
    this.#isNeeded = judged.needed;
    if (!judged.needed) return undefined;
    this.#wasNeeded = true;
    const run = this.#run;
    const { engine, context, answers } = this.#parts;
    const question = this.#question(judged);
    const now = context.now ?? 0;
    if (context.preflights?.covers(question, engine, now) === true) return undefined;
    const need: PreflightNeed = { ...this.#parts.need, ...judged, crossOrigin: true, requestMethod: run.method };
    const sent = { kind: 'preflight', url: run.url.href, method: 'OPTIONS', origin: question.origin } as const;
    const headers = requestLines(question);
    const received = run.deliver({ ...sent, headers, cookies: false, times: 1 }, (arriving) =>
      answers.preflight(need, arriving),
    );
    run.received = received;
    run.preflightNames = question.headers;
    const { fault } = received;
    if (fault !== undefined && fault !== 'truncated') return this.#failure('no-response', fault);
    run.preflight = this.#check(received, question);
    if (!run.preflight.passed) return this.#failure(run.preflight.step, run.preflight.value);
    if (isAuthorizedByWildcard(question, received, engine)) run.authorizedByWildcard.push(run.url.href);
    context.preflights?.keep(question, received, { engine, now });
    return undefined;
  }

  /** What a failure does to the cache. */
  failed(): void {
    const { engine, context } = this.#parts;
    const { failureForgetsGrants: which } = engine;
    if (which === 'never' || (which === 'preflighted' && !this.#isNeeded)) return;
    context.preflights?.forget({ origin: this.#origin, url: this.#run.url.href });
  }

  get #origin(): string {
    const { origin, request } = this.#run;
    return this.#parts.engine.preflightKeepsOrigin ? request.pageOrigin : origin;
  }

  #judge(): JudgedNeed {
    const { method, headers, request, urls } = this.#run;
    const { engine } = this.#parts;
    const judged = judgeNeed(method, headers, engine, request.usesPreflightFlag);
    if (urls.length === 1 || engine.firstRequestDecides === 'no') return judged;
    const first = judgeNeed(method, this.firstHeaders, engine, request.usesPreflightFlag);
    const dropped = engine.firstRequestDecides === 'last' ? this.#run.lastDropped : [];
    const requestHeaders = first.requestHeaders.filter((name) => !dropped.includes(name));
    return { needed: first.needed || this.#wasNeeded, why: first.why, requestHeaders };
  }

  #question({ requestHeaders }: JudgedNeed): PreflightQuestion {
    const { request, method, url } = this.#run;
    return {
      origin: this.#origin,
      credentials: request.credentials ?? 'same-origin',
      method,
      headers: requestHeaders,
      url: url.href,
      cache: request.cache ?? 'default',
    };
  }

  #check(received: ReceivedResponse, question: CheckedPreflight): Verdict {
    const { engine } = this.#parts;
    const { url, request } = this.#run;
    // Carrying the page's own origin back to it, the preflight is same-origin, and nobody checks who may read it.
    const isOwn = engine.preflightKeepsOrigin && url.origin === request.pageOrigin;
    const order = engine.preflightOrder.filter((step) => !isOwn || step !== 'origin');
    return checkPreflight(received, question, { ...engine, preflightOrder: order });
  }

  #failure(step: Failure['step'], value: string): Failure {
    return { step, value, url: this.#run.url.href, preflight: true };
  }
}

function requestLines({ method, headers }: CheckedPreflight): HeaderLines {
  const lines: [string, string][] = [['Access-Control-Request-Method', method]];
  if (headers.length > 0) lines.push(['Access-Control-Request-Headers', headers.join(',')]);
  return lines;
}

function isAuthorizedByWildcard(
  { headers }: CheckedPreflight,
  received: ReceivedResponse,
  engine: EngineProfile,
): boolean {
  if (!headers.includes('authorization')) return false;
  const listed = fieldTokens(received, 'access-control-allow-headers', engine) ?? [];
  return !listed.some((name) => name.toLowerCase() === 'authorization');
}
