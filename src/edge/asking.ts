import type { ProblemCode } from '../diagnostics/catalogue/problems.ts';
import { describeFailure, describeNameFailure, isRefusal, nextHop, originOfTarget, type Hop } from '../guard/index.ts';
import { viaForOutside } from '../protocol/via.ts';
import type { EdgeExchange } from './actions.ts';
import { Problem, type Answer } from './answer.ts';
import { codedBody } from './content-coding.ts';
import { Deadlines, type EdgeTimeouts } from './deadlines.ts';
import { failureOf, tellFailure } from './failure.ts';
import { fixedLength } from './fixed-length.ts';
import { requestHeaders, responseHeaders, type HeaderRules } from './guard-headers.ts';
import { relay } from './relay.ts';
import { announcedLength, type BodyProgress, type RequestBody } from './request-body.ts';
import { ownVia } from './via.ts';

/** What all exchanges of a guarded route share. */
export interface AskingTerms extends HeaderRules {
  readonly timeouts: EdgeTimeouts;
  readonly via: boolean;
  /** Name targets in errors: for development. */
  readonly explain: boolean;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

/** Statuses without a body (Fetch, "null body status"). */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** What nobody reads any more has nginx's status, for logs of the platform. */
const CLIENT_LEFT = 499;

/** One exchange with a third party: to its target, along its redirects, and back. */
export class Asking {
  private readonly exchange: EdgeExchange;
  private readonly terms: AskingTerms;
  private readonly body: RequestBody;
  private hop: Hop;
  private readonly controller = new AbortController();
  private readonly deadlines: Deadlines;
  private readonly progress: BodyProgress = {
    awaitClient: () => this.deadlines.awaitClient(),
    awaitBytes: () => this.deadlines.awaitBytes(),
    awaitHead: () => this.deadlines.awaitHead(),
    failed: (problem) => this.controller.abort(problem),
  };
  /** Rejects once the exchange is given up: not every `fetch` hears of signals at every moment. */
  private readonly givenUp: Promise<never>;

  constructor(exchange: EdgeExchange, terms: AskingTerms, { hop, body }: { hop: Hop; body: RequestBody }) {
    this.exchange = exchange;
    this.terms = terms;
    this.hop = hop;
    this.body = body;
    const { signal } = this.controller;
    this.givenUp = new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
    this.givenUp.catch(() => {});
    this.deadlines = new Deadlines(terms.timeouts, (code) => this.controller.abort(this.problem(code)));
    const { signal: client } = exchange.request;
    if (client.aborted) this.clientLeft();
    else client.addEventListener('abort', this.clientLeft);
  }

  /** The answer for the page. Throws a `Problem` if there is none. */
  async answer(): Promise<Answer> {
    try {
      for (;;) {
        const response = await this.ask();
        const { status, headers, body } = response;
        const next = nextHop(this.terms.model, this.hop, { status, location: headers.get('location') ?? undefined });
        if (next === undefined) return this.passOn(response);
        void body?.cancel().catch(() => {});
        if (isRefusal(next)) throw new Problem(next.code, next.detail);
        if (next.body && this.body.isGone) {
          const detail = 'The API redirects a request whose body is too large to be kept and sent again.';
          throw new Problem('guard-redirect-refused', detail);
        }
        if (!next.body) this.body.stop();
        this.hop = next;
      }
    } catch (error) {
      const failure = this.failureOf(error);
      this.finish(failure);
      if (this.exchange.request.signal.aborted) return { status: CLIENT_LEFT, headers: new Headers(), body: null };
      throw failure;
    }
  }

  private async ask(): Promise<Response> {
    const { hop, terms, exchange } = this;
    this.controller.signal.throwIfAborted();
    const url = originOfTarget(hop.target) + hop.path;
    // `fetch` reads a URL by the standard: what it asks for must be what was admitted.
    if (new URL(url).pathname !== hop.path.replace(/\?.*$/s, '')) {
      throw new Problem('guard-url-invalid', 'The path could be read as another.');
    }
    const headers = requestHeaders(exchange.request.headers, terms, hop);
    if (terms.via) {
      const received = exchange.request.headers.get('via') ?? undefined;
      headers.set('via', viaForOutside(received, ownVia(exchange.url.host)));
    }
    const { body, length } = hop.body ? await this.orGivenUp(this.body.send(this.progress)) : this.noBody();
    if (length !== undefined) headers.set('content-length', String(length));
    const { signal } = this.controller;
    const init: RequestInit = { method: hop.method, headers, redirect: 'manual', signal };
    const asked = terms.fetch(url, body === undefined ? init : { ...init, body, duplex: 'half' });
    const response = await this.orGivenUp(asked);
    this.deadlines.rest();
    return response;
  }

  private noBody(): { body?: undefined; length?: undefined } {
    this.deadlines.awaitHead();
    return {};
  }

  private passOn(response: Response): Answer {
    const { status } = response;
    if (status < 200 || status > 599) throw this.problem('upstream-malformed');
    const headers = responseHeaders(response.headers, this.terms, this.hop);
    const coded = codedBody(response.headers.get('content-encoding'));
    if (coded === 'decoded') headers.delete('content-encoding');
    const length = coded === 'decoded' ? undefined : announcedLength(response.headers.get('content-length'));
    const isHead = this.hop.method === 'HEAD';
    if (isHead || BODILESS.has(status) || response.body === null) {
      if (isHead && length !== undefined) headers.set('content-length', String(length));
      void response.body?.cancel().catch(() => {});
      this.finish();
      return { status, headers, body: null };
    }
    if (coded === 'unknown') throw this.problem('upstream-malformed');
    if (length !== undefined) {
      this.limit(length);
      headers.set('content-length', String(length));
    }
    const body = this.relayed(response.body);
    return { status, headers, body: length === undefined ? body : fixedLength(body, length) };
  }

  private relayed(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    return relay(body, {
      signal: this.controller.signal,
      deadlines: this.deadlines,
      counted: (size) => this.limit(size),
      over: () => this.finish(),
      broken: (error) => {
        const failure = this.failureOf(error);
        this.finish(failure);
        if (!this.exchange.request.signal.aborted) this.exchange.cut(failure);
        return failure;
      },
    });
  }

  private limit(size: number): void {
    const { maxResponse } = this.terms.model;
    if (maxResponse > 0 && size > maxResponse) throw this.problem('response-too-large');
  }

  private orGivenUp<T>(awaited: Promise<T>): Promise<T> {
    return Promise.race([awaited, this.givenUp]);
  }

  /** What to tell of whatever was thrown. What `fetch` throws when it's told to stop is only an echo. */
  private failureOf(error: unknown): Problem {
    const { signal } = this.controller;
    if (signal.aborted && signal.reason instanceof Problem) return signal.reason;
    if (error instanceof Problem) return error;
    const { hop, terms } = this;
    const { code, tls, name = 'failed' } = failureOf(error);
    const about = { hop, action: terms };
    const detail = code === 'guard-dns-failed' ? describeNameFailure(name, about) : describeFailure(code, tls, about);
    return new Problem(code, detail, { cause: tellFailure(error, terms) });
  }

  private problem(code: ProblemCode): Problem {
    const { hop, terms } = this;
    return new Problem(code, describeFailure(code, undefined, { hop, action: terms }));
  }

  private readonly clientLeft = (): void => {
    this.finish(new Problem('upstream-reset', 'The client has left.'));
  };

  /** Nothing is awaited any more. What is under way all the same, such as a body that nobody asked for, ends. */
  private finish(reason?: Problem): void {
    this.deadlines.end();
    this.exchange.request.signal.removeEventListener('abort', this.clientLeft);
    this.controller.abort(reason);
    this.body.stop();
  }
}
