import {
  ENGINES,
  ownHeaders,
  preflightNeeded,
  readableHeaders,
  type PreflightCache,
  type PreflightNeed,
} from '../../cors/index.ts';
import type { BrowserName, Hop, Journey, Step, Stop } from '../journey/types.ts';
import { isMixedContent } from '../../protocol/mixed-content.ts';
import { fieldOf } from '../probe/response-parser.ts';
import type { ProbeFailure } from '../probe/types.ts';
import { readError, type StopReason } from './browser-error.ts';
import type { KnownCredentials } from './credentials.ts';
import { redirectOf, type RecordedExchange, type RecordedHop } from './exchanges.ts';
import { hideHeader, hideUrl } from './hide.ts';
import { pageHeaders, requestedHeaders } from './page-headers.ts';
import { preflightStep, requestStep } from './recorded-steps.ts';
import type { Entry } from './read-har.ts';

/** Where the preflight that a request needs is. `remembered`: an earlier one's grant served. */
export type PreflightState = 'not-needed' | 'recorded' | 'remembered' | 'missing';

/** What the recording leaves open, or contradicts. */
export type Doubt =
  | { readonly kind: 'untold'; readonly reason: 'answer' | 'request' | 'redirect' | 'stored'; readonly said: string }
  | { readonly kind: 'stopped'; readonly reason: StopReason; readonly said: string }
  | { readonly kind: 'differs'; readonly blocked: boolean; readonly said: string };

/** A recorded exchange as a browser's way. */
export interface Walked {
  readonly journey: Journey;
  readonly preflight: PreflightState;
  /** Why the first preflight was due. */
  readonly need: PreflightNeed;
  readonly doubts: readonly Doubt[];
  readonly isCancelled: boolean;
}

/** What a walk goes by. */
export interface WalkOptions {
  readonly engine: BrowserName;
  readonly credentials: KnownCredentials;
  /** Grants of what was recorded before; this exchange's are added. */
  readonly preflights: PreflightCache;
}

/** Goes a recorded exchange's way with the browser model: the first step that fails is where the browser stopped. */
export function walk(exchange: RecordedExchange, options: WalkOptions): Walked {
  const walker = new Walker(exchange, options);
  for (const hop of exchange.hops) if (!walker.visit(hop)) break;
  return walker.end();
}

class Walker {
  readonly #exchange: RecordedExchange;
  readonly #options: WalkOptions;
  readonly #hops: Hop[] = [];
  readonly #doubts: Doubt[] = [];
  #stop: Stop | undefined;
  #preflight: PreflightState = 'not-needed';
  #last: Entry | undefined;
  #cors = false;
  #tainted = false;
  #isOpen = false;
  #isCancelled = false;

  constructor(exchange: RecordedExchange, options: WalkOptions) {
    this.#exchange = exchange;
    this.#options = options;
  }

  /** @returns whether the way goes on */
  visit(recorded: RecordedHop): boolean {
    const { preflight, request } = recorded;
    const entry = request ?? preflight;
    if (entry === undefined) return false;
    const { pageOrigin, mode } = this.#exchange;
    const before = this.#last;
    if (before !== undefined && before.url.origin !== entry.url.origin && before.url.origin !== pageOrigin) {
      this.#tainted = true;
    }
    this.#last = request;
    this.#cors ||= entry.url.origin !== pageOrigin;
    const need = this.#need(recorded, entry);
    const isJudged = this.#cors && mode === 'cors';
    const hop: Hop = { url: hideUrl(entry.url.href), method: need.requestMethod, crossOrigin: this.#cors, need };
    const asked = isJudged ? this.#askLeave(recorded, need, entry) : undefined;
    const withPreflight = asked === undefined ? hop : { ...hop, preflight: asked };
    if (this.#stop !== undefined || request === undefined) {
      if (this.#stop === undefined) this.#doubt({ kind: 'untold', reason: 'request', said: '' });
      this.#hops.push(withPreflight);
      return false;
    }
    const step = this.#answer(request, isJudged);
    this.#hops.push({ ...withPreflight, request: step });
    return this.#stop === undefined && !this.#isCancelled;
  }

  end(): Walked {
    const [first] = this.#hops;
    if (first === undefined) throw new Error('An exchange has a request.');
    this.#checkRedirect();
    const stop = this.#stop;
    const { mode, hops } = this.#exchange;
    const opaque = mode === 'no-cors';
    const answer = hops.at(-1)?.request?.answer;
    const isWhole = stop === undefined && !this.#isOpen && answer !== undefined;
    const outcome = stop !== undefined ? 'blocked' : this.#isOpen ? 'undecided' : opaque ? 'opaque' : 'readable';
    const { engine, credentials } = this.#options;
    const readable =
      !isWhole || opaque
        ? []
        : this.#cors
          ? readableHeaders(answer, { credentials: credentials.mode }, ENGINES[engine])
          : ownHeaders(answer);
    const final = isWhole ? this.#hops.at(-1)?.request?.probe.response : undefined;
    return {
      journey: { hops: this.#hops, outcome, stop, final, readable },
      preflight: this.#preflight,
      need: first.need,
      doubts: this.#doubts,
      isCancelled: this.#isCancelled,
    };
  }

  #need({ preflight, request }: RecordedHop, entry: Entry): PreflightNeed {
    const { pageOrigin, mode } = this.#exchange;
    const headers = request === undefined ? [] : pageHeaders(request, preflight).map(hideHeader);
    const asked = preflight === undefined ? [] : requestedHeaders(preflight);
    const lines = request === undefined ? asked.map((name) => [name, ''] as const) : headers;
    const method = request?.method ?? fieldOf(entry.headers, 'access-control-request-method') ?? 'GET';
    const page = {
      pageOrigin,
      url: entry.url.href,
      method,
      headers: lines,
      mode,
      credentials: this.#options.credentials.mode,
    };
    const need = preflightNeeded(page, ENGINES[this.#options.engine]);
    return preflight === undefined ? need : { ...need, needed: true, requestHeaders: asked.toSorted() };
  }

  #originOf(entry: Entry | undefined): string {
    const sent = entry && fieldOf(entry.headers, 'origin');
    return sent ?? (this.#tainted ? 'null' : this.#exchange.pageOrigin);
  }

  #askLeave({ preflight, request }: RecordedHop, need: PreflightNeed, entry: Entry): Step | undefined {
    const { engine, credentials, preflights } = this.#options;
    const { mode } = credentials;
    const origin = this.#originOf(preflight ?? request);
    const question = {
      origin,
      url: entry.url.href,
      credentials: mode,
      method: need.requestMethod,
      headers: need.requestHeaders,
      cache: 'default',
    } as const;
    if (preflight === undefined) {
      if (!need.needed) return undefined;
      const isKnown = preflights.covers(question, ENGINES[engine], entry.at);
      if (this.#preflight !== 'missing') this.#preflight = isKnown ? 'remembered' : 'missing';
      return undefined;
    }
    if (this.#preflight === 'not-needed') this.#preflight = 'recorded';
    if (preflight.answer.status === 0) {
      const step = preflightStep(preflight, { origin, credentials: mode }, this.#failureOf(preflight));
      this.#stopAt(step, preflight);
      return step;
    }
    const step = preflightStep(preflight, { origin, credentials: mode });
    const verdict = step.verdicts?.[engine];
    if (verdict?.passed === false) {
      // Whatever is written there: the request was answered, so the browser let it through.
      if (request !== undefined && request.answer.status !== 0 && request.error === null)
        this.#doubt({ kind: 'differs', blocked: false, said: '' });
      else this.#stop = { kind: 'cors', at: step, step: verdict.step, value: verdict.value };
    } else preflights.keep(question, preflight.answer, { engine: ENGINES[engine], now: preflight.at });
    return step;
  }

  #answer(request: Entry, isJudged: boolean): Step {
    const { engine, credentials } = this.#options;
    const { answer, error, byServiceWorker } = request;
    const said = error ?? '';
    const checked =
      isJudged && !byServiceWorker ? { origin: this.#originOf(request), credentials: credentials.mode } : undefined;
    const step = requestStep(request, checked, this.#failureOf(request));
    const known = readError(said);
    if (known?.kind === 'cancelled') {
      this.#isCancelled = true;
      return step;
    }
    const verdict = step.verdicts?.[engine];
    if (answer.status === 0 || known !== undefined) {
      if (answer.status !== 0 && verdict?.passed === false)
        this.#stop = { kind: 'cors', at: step, step: verdict.step, value: verdict.value };
      else this.#stopAt(step, request);
    } else if (verdict?.passed === false) this.#refused(step, verdict, request);
    else if (said !== '' && checked !== undefined && redirectOf(request) === undefined) {
      this.#doubt({ kind: 'differs', blocked: true, said });
      this.#stop = { kind: 'network', at: step, failure: { kind: 'untold', detail: said } };
    }
    return step;
  }

  #refused(
    step: Step,
    verdict: { readonly step: Extract<Stop, { kind: 'cors' }>['step']; readonly value: string },
    request: Entry,
  ): void {
    if (request.error === null) this.#doubt({ kind: 'differs', blocked: false, said: '' });
    else if (request.answer.status === 304 && verdict.step === 'allow-origin-missing') this.#leaveOpen('stored', '');
    else this.#stop = { kind: 'cors', at: step, step: verdict.step, value: verdict.value };
  }

  /** No answer, or half of one. */
  #stopAt(step: Step, entry: Entry): void {
    const said = entry.error ?? '';
    const known = readError(said);
    if (isMixedContent(this.#exchange.pageOrigin, entry.url.href)) {
      this.#stop = { kind: 'mixed-content' };
      return;
    }
    if (known?.kind === 'stopped') this.#doubt({ kind: 'stopped', reason: known.reason, said });
    else if (known === undefined) this.#doubt({ kind: 'untold', reason: 'answer', said });
    this.#stop = { kind: 'network', at: step, failure: this.#failureOf(entry) };
  }

  #failureOf({ error }: Entry): ProbeFailure {
    const known = readError(error ?? '');
    return { kind: known?.kind === 'network' ? known.failure : 'untold', detail: error ?? '' };
  }

  /** A redirect that nothing follows in the recording. */
  #checkRedirect(): void {
    const last = this.#last;
    const target = last && redirectOf(last);
    if (this.#stop !== undefined || target === undefined || this.#isCancelled) return;
    const said = last?.error ?? '';
    const reason = /TOO_MANY_REDIRECTS|REDIRECT_LOOP/.test(said)
      ? 'too-many'
      : /UNSAFE_REDIRECT|UNKNOWN_URL_SCHEME/.test(said)
        ? 'scheme'
        : undefined;
    if (reason !== undefined) this.#stop = { kind: 'redirect', reason, location: hideUrl(target) };
    else this.#leaveOpen('redirect', said);
  }

  #leaveOpen(reason: 'redirect' | 'stored', said: string): void {
    this.#isOpen = true;
    this.#doubts.push({ kind: 'untold', reason, said });
  }

  #doubt(doubt: Doubt): void {
    if (doubt.kind === 'untold' && doubt.reason === 'request') this.#isOpen = true;
    this.#doubts.push(doubt);
  }
}
