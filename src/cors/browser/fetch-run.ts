import { hasBadPort, isHttp } from './bad-port.ts';
import { violatedDirective } from './content-security-policy.ts';
import type { EngineProfile } from './engine.ts';
import type { Failure } from './failure.ts';
import { PreflightRun } from './preflight-run.ts';
import { locate, redirected, redirectFault } from './redirect.ts';
import { isRedirectStatus } from './redirect-status.ts';
import { buildRequest, type HeaderLines, type PageRequest } from './request.ts';
import { originHeader, sendsCookies } from './request-headers.ts';
import { blockingPolicy, embedderPolicy, lastTwoLabels } from './resource-policy.ts';
import { checkResponse, ownHeaders, readableHeaders, type ReceivedResponse, type Verdict } from './response.ts';
import type { PreflightNeed } from './preflight-need.ts';
import type { BrowserContext, SentRequest, ServerAnswers } from './simulate.ts';
import { receive } from './wire.ts';

/** Fetch, "response tainting". */
export type Tainting = 'basic' | 'cors' | 'opaque';

/** How a run ends. */
export type RunEnd =
  | { readonly failure: Failure }
  | {
      readonly type: Tainting | 'opaqueredirect';
      readonly received: ReceivedResponse;
      readonly readable: readonly string[];
    };

/** What a run works with. */
export interface RunParts {
  readonly answers: ServerAnswers;
  readonly engine: EngineProfile;
  readonly context: BrowserContext;
  readonly need: PreflightNeed;
}

/** One fetch on its way, with all its redirects: the state that Fetch's main fetch keeps in its request. */
export class FetchRun {
  readonly request: PageRequest;
  readonly engine: EngineProfile;
  /** Fetch, "URL list". */
  readonly urls: URL[] = [];
  readonly sent: SentRequest[] = [];
  tainting: Tainting = 'basic';
  /** Fetch, "redirect-taint": from here on the origin is serialised as `null`. */
  originTainted = false;
  method: string;
  /** The headers that the page has set, as far as redirects have left them. */
  headers: HeaderLines;
  /** Names of the headers, of all that the page has set, that the last redirect takes away; in lower case. */
  lastDropped: readonly string[] = [];
  /** Whether the redirect before turned the request into a GET. */
  becameGet = false;
  preflight: Verdict | undefined;
  response: Verdict | undefined;
  /** Where the redirect leads that a failure stopped. */
  location: string | undefined;
  /** The response that the failure is about, or the last one. */
  received: ReceivedResponse | undefined;
  /** The names that the last preflight asked for. */
  preflightNames: readonly string[] = [];
  /** URLs whose preflight let `Authorization` through by `*`. */
  readonly authorizedByWildcard: string[] = [];

  readonly #answers: ServerAnswers;
  readonly #context: BrowserContext;
  readonly #preflights: PreflightRun;

  constructor(request: PageRequest, { answers, engine, context, need }: RunParts) {
    const { method, headers } = buildRequest(request, engine);
    this.request = request;
    this.engine = engine;
    this.method = method;
    this.headers = headers;
    this.#answers = answers;
    this.#context = context;
    this.#preflights = new PreflightRun(this, { answers, engine, context, need });
  }

  /** The URL that is asked for now (Fetch, "current URL"). */
  get url(): URL {
    return this.urls.at(-1) as URL;
  }

  /** Fetch, "serializing a request origin". */
  get origin(): string {
    return this.originTainted ? 'null' : this.request.pageOrigin;
  }

  /** What the page has set, redirects or not. */
  get allHeaders(): HeaderLines {
    return this.#preflights.firstHeaders;
  }

  get mode(): string {
    return this.request.mode ?? 'cors';
  }

  get registrableDomain(): (host: string) => string {
    return this.#context.registrableDomain ?? lastTwoLabels;
  }

  /** Fetch, "main fetch", once for each URL. */
  play(): RunEnd {
    const { fault } = buildRequest(this.request, this.engine);
    if (fault !== undefined)
      return { failure: { step: 'request-fault', value: fault, url: this.request.url, preflight: false } };
    this.urls.push(new URL(this.request.url));
    for (;;) {
      const end = this.#step();
      if (end === undefined) continue;
      if ('failure' in end && this.tainting === 'cors') this.#preflights.failed();
      return end;
    }
  }

  #step(): RunEnd | undefined {
    const blocked = this.#blockedBefore() ?? this.#taint();
    if (blocked !== undefined) return blocked;
    if (this.url.protocol === 'data:') return this.#dataUrl();
    if (this.tainting === 'cors') {
      const failure = this.#preflights.ask();
      if (failure !== undefined) return { failure };
    }
    const received = this.#send();
    this.received = received;
    return this.#judge(received);
  }

  /** Fetch, main fetch, step 7. */
  #blockedBefore(): RunEnd | undefined {
    if (hasBadPort(this.url)) return this.fail('bad-port', this.url.port);
    const { pageHeaders = [], pageOrigin } = this.request;
    const redirects = this.urls.length > 1;
    const directive = violatedDirective(pageHeaders, { url: this.url, pageOrigin, redirected: redirects });
    return directive === undefined ? undefined : this.fail('content-security-policy', directive);
  }

  /** Fetch, main fetch, step 12: which way the response is filtered later. */
  #taint(): RunEnd | undefined {
    const { url, request } = this;
    const isOwn = url.origin === request.pageOrigin && request.pageOrigin !== 'null';
    if ((isOwn || url.protocol === 'data:') && this.tainting === 'basic') return undefined;
    if (this.mode === 'same-origin') return this.fail('same-origin-mode');
    if (this.mode === 'no-cors') {
      if ((request.redirect ?? 'follow') !== 'follow') return this.fail('no-cors-redirect-mode');
      this.tainting = 'opaque';
    } else {
      this.tainting = 'cors';
    }
    return isHttp(url) ? undefined : this.fail('scheme', url.protocol.slice(0, -1));
  }

  #dataUrl(): RunEnd {
    const received = { status: 200, headers: [] };
    return { type: 'basic', received, readable: ['content-type'] };
  }

  /** Fetch, HTTP-network-or-cache fetch. */
  #send(): ReceivedResponse {
    const sent: SentRequest = {
      kind: 'request',
      url: this.url.href,
      method: this.method,
      origin: originHeader(this),
      headers: this.headers,
      cookies: sendsCookies(this),
      times: 1,
    };
    return this.deliver(sent, (arriving) => this.#answers.response(arriving));
  }

  /** Hands a request to the server, and notes whether it arrives. */
  deliver(sent: SentRequest, answer: (sent: SentRequest) => ReceivedResponse): ReceivedResponse {
    const received = receive(answer(sent), sent.method, this.engine);
    const { fault } = received;
    if (fault === 'refused' || fault === 'tls') return received;
    const repeats = (fault === 'closed' || fault === 'reset') && /^(?:GET|HEAD|OPTIONS)$/.test(sent.method);
    this.sent.push(repeats ? { ...sent, times: this.engine.attempts } : sent);
    return received;
  }

  /** Fetch, HTTP fetch, from step 4.3 on. */
  #judge(received: ReceivedResponse): RunEnd | undefined {
    const { engine, request } = this;
    const broken = this.#networkFailure(received);
    if (broken !== undefined) return broken;
    const isRedirect = isRedirectStatus(received.status, engine);
    const location = isRedirect ? locate(received, this.url, engine) : ({ kind: 'none' } as const);
    this.location =
      location.kind === 'url' ? location.url.href : location.kind === 'failure' ? location.value : undefined;
    const refused = this.#check(received, location.kind !== 'none');
    if (refused !== undefined) return refused;
    if (isRedirect && request.redirect === 'manual') return { type: 'opaqueredirect', received, readable: [] };
    const fails = location.kind !== 'none' || !engine.needsLocationToFail;
    if (isRedirect && fails && request.redirect === 'error') return this.fail('redirect-mode');
    if (location.kind === 'failure') return this.fail(location.step, location.value);
    if (location.kind === 'url') return this.#follow(location.url, received.status);
    return { type: this.tainting, received, readable: this.#readable(received) };
  }

  #networkFailure({ fault }: ReceivedResponse): RunEnd | undefined {
    if (fault === undefined) return undefined;
    if (fault === 'truncated' && !(this.engine.truncatedFailsNoCors && this.tainting === 'opaque')) return undefined;
    return this.fail('no-response', fault);
  }

  /** The CORS check, or the cross-origin resource policy check. */
  #check(received: ReceivedResponse, isRedirect: boolean): RunEnd | undefined {
    const { engine, request } = this;
    this.response = { passed: true };
    if (this.tainting === 'cors') {
      const mode = request.credentials ?? 'same-origin';
      const isFirst = isRedirect && this.urls.at(-2)?.origin === request.pageOrigin && !this.originTainted;
      const credentials = engine.firstRedirectNeedsCredentials && isFirst && mode === 'same-origin' ? 'include' : mode;
      this.response = checkResponse(received, { origin: this.origin, credentials }, engine);
      return this.response.passed ? undefined : this.fail(this.response.step, this.response.value);
    }
    if (this.tainting === 'basic') return undefined;
    const blocking = blockingPolicy(received, {
      pageOrigin: request.pageOrigin,
      topOrigin: request.topOrigin ?? request.pageOrigin,
      pageHeaders: request.pageHeaders ?? [],
      url: this.url,
      withCredentials: request.credentials === 'include' && !this.isCredentialless(),
      engine,
      registrableDomain: this.registrableDomain,
    });
    if (blocking === undefined) return undefined;
    return this.fail('resource-policy', `${blocking.policy}${blocking.byEmbedder ? ' by embedder' : ''}`);
  }

  /** Fetch, "Cross-Origin-Embedder-Policy allows credentials", turned round. */
  isCredentialless(): boolean {
    return embedderPolicy(this.request.pageHeaders ?? [], this.engine) === 'credentialless' && this.mode === 'no-cors';
  }

  /** Fetch, HTTP-redirect fetch. */
  #follow(url: URL, status: number): RunEnd | undefined {
    const { engine, request } = this;
    const step = redirectFault(
      url,
      {
        pageOrigin: request.pageOrigin,
        mode: this.mode,
        tainted: this.tainting === 'cors',
        count: this.urls.length - 1,
      },
      engine,
    );
    if (step !== undefined) return this.fail(step, url.href);
    const crossOrigin = this.url.origin !== url.origin;
    const hop = { status, crossOrigin, toPage: url.origin === request.pageOrigin };
    const next = redirected(this, hop, engine);
    const kept = redirected({ method: this.method, headers: this.allHeaders }, hop, engine).headers;
    this.lastDropped = this.allHeaders.filter((line) => !kept.includes(line)).map(([name]) => name.toLowerCase());
    this.becameGet = next.method === 'GET' && (this.becameGet || this.method !== 'GET');
    this.method = next.method;
    this.headers = next.headers;
    const leaves = crossOrigin && this.url.origin !== request.pageOrigin;
    if (leaves || (crossOrigin && this.mode === 'no-cors' && engine.noCorsRedirectTaints)) this.originTainted = true;
    this.urls.push(url);
    return undefined;
  }

  #readable(received: ReceivedResponse): readonly string[] {
    if (this.tainting === 'opaque') return [];
    if (this.tainting === 'basic') return ownHeaders(received, this.engine);
    return readableHeaders(received, { credentials: this.request.credentials ?? 'same-origin' }, this.engine);
  }

  fail(step: Failure['step'], value = ''): { readonly failure: Failure } {
    return { failure: { step, value, url: this.url.href, preflight: false } };
  }
}
