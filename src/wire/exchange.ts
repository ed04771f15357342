import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import type { AlikeNames } from './alike-names.ts';
import type { BodySink } from './body.ts';
import type { HeaderList } from './header-list.ts';

/** What the log wants to know of a CORS decision, without knowing CORS. */
export interface CorsNote {
  /** `preflight`, `actual`, `same-origin`, … */
  readonly kind: string;
  readonly allowed: boolean;
  /** Stable code of the rule that decided. */
  readonly reason: string;
  /** Name of the policy, if one applied. */
  readonly policy: string | undefined;
  /** What a person should read: the rule that refused and what to write in the config; '' if there's nothing to say. */
  readonly explanation: string;
  /** Where a policy that's only reported would have decided otherwise; '' if it wouldn't. */
  readonly report: string;
}

/** The place of an exchange in a trace (W3C Trace Context). */
export interface TraceNote {
  readonly traceId: string;
  /** The exchange's own. */
  readonly spanId: string;
  /** Whoever asked; '' if the trace begins here. */
  readonly parentId: string;
  readonly sampled: boolean;
}

/** Who asks, as a route's `auth` found out. */
export interface Identity {
  /** Name of the definition in the config that let the request in. */
  readonly auth: string;
  /** The token's `sub`, the key's or the user's name; '' if nothing says it. */
  readonly subject: string;
  /** What is known: a token's claims, or what the config or the service that was asked says of a key or a user. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** What the request may be used for (RFC 6749 §3.3). */
  readonly scopes: ReadonlySet<string>;
}

/** The route that matched, as far as the wire and the log are concerned. */
export interface RouteNote {
  /** As the log names it: its `name`, or host and path pattern. */
  readonly label: string;
  /** The path holds the URL of another server, with a query of its own, maybe. Default: false */
  readonly urlInPath?: boolean;
}

/**
 * The door: called once for every response head, whoever made it, just before it goes onto the wire. It may change the
 * headers; it can't change the status.
 */
export type Door = (exchange: Exchange, status: number, headers: HeaderList) => void;

/** Called once when the exchange is over, however it ended. */
export type Finish = (exchange: Exchange) => void;

/** Called when something broke that nobody foresaw: a bug, or the machine. It goes into the log with its stack. */
export type Report = (exchange: Exchange, error: unknown) => void;

const NO_NAMES: readonly string[] = Object.freeze([]);

const noDoor: Door = () => {};
const noFinish: Finish = () => {};
const noReport: Report = () => {};

/** An action that has begun a response, or waits for what to answer. */
export interface ClientWatcher {
  /** The client left before the response was complete. `finished` is already true then. */
  clientGone(): void;
  /** After a `write` that returned false, the client can take more. */
  clientDrained(): void;
}

/** What a proxy says of a connection's client to upstreams: put together once, since it rarely changes between requests. */
export class ForwardedLines {
  scheme = '';
  authority = '';
  text = '';
}

/**
 * One request and its one response on their way through the gateway. What the client speaks is the subclass's secret.
 *
 * A response is made by exactly one of
 * - `reply`: head and whole body at once;
 * - `open`, then `write`… and `end` (or `cut` when it can't be completed);
 * - `upgrade`: 101 and a raw connection;
 * preceded by any number of `inform` (1xx). Calls after the client has left are ignored, so an action needn't check.
 */
export abstract class Exchange {
  // ---- the request, as it arrived -------------------------------------------------------------------------------
  method = '';
  /** Path and query as the client sent them, byte for byte: what is routed on is what is forwarded. */
  target = '';
  /** `target` up to the first `?`. */
  path = '';
  /** `target` from the first `?` on, with it; empty if there is none. */
  query = '';
  /** 10, 11 or 20. */
  version = 11;
  /** The request's header lines; framing and hop-by-hop ones are still there. */
  headers: HeaderList;
  /** The Host field (or :authority) as sent. */
  host = '';
  /** 0: no body. -1: a body of unknown length. */
  bodyLength = 0;
  /** The protocol named in Upgrade, lower case, when the request asks for one that a tunnel can carry; else ''. */
  upgradeTo = '';
  /** The client waits for `100 Continue` before it sends the body. */
  expectsContinue = false;

  // ---- the connection ----------------------------------------------------------------------------------------------
  /** Address of the peer of this connection: the client's or a proxy's before us. */
  peerAddress = '';
  /** Whether this connection is TLS. */
  encrypted = false;
  /** The connection's, where it has any: all its exchanges share them. */
  forwardedLines: ForwardedLines | undefined = undefined;

  // ---- what the gateway found out ------------------------------------------------------------------------------
  /** Request id: unique in this process and log line by log line. */
  id = '';
  /** `http` or `https`, as the browser sees it (trusted proxies taken into account). */
  scheme = 'http';
  /** Host and port as the browser sees them (trusted proxies taken into account). */
  authority = '';
  /** The client's address (trusted proxies taken into account). */
  clientAddress = '';
  /** Whether the peer is one of `trustedProxies`. */
  peerTrusted = false;
  route: RouteNote | undefined = undefined;
  /** Values of the route's path parameters, or undefined when it has none. */
  params: Readonly<Record<string, string>> | undefined = undefined;
  cors: CorsNote | undefined = undefined;
  /** Undefined where nobody asked, or for an anonymous request. */
  identity: Identity | undefined = undefined;
  /** Names that only the gateway says to upstreams: they're removed from trailers too. Undefined: none. */
  ownNames: AlikeNames | undefined = undefined;
  /** Undefined where there are no traces. */
  trace: TraceNote | undefined = undefined;
  /** `host:port` of the upstream server that answered. */
  upstream = '';
  /** How often it was sent to a server, where the upstream has several to choose from; else 0. */
  attempts = 0;
  /** What went wrong upstream, for the log only: an error code, or what was malformed. */
  upstreamFailure = '';
  /** Why a feature refused the request, and what to write in the config, for the log only; '' if none did. */
  note = '';
  /** Stable code of the gateway's own answer, if it gave one. */
  problem = '';

  // ---- figures for the log ------------------------------------------------------------------------------------------
  /** `performance.now()` when the head was complete. */
  startedAt = 0;
  /** `performance.now()` when the response head went out, 0 if none did. */
  headSentAt = 0;
  /** Milliseconds until the upstream's head was there, -1 if no upstream was asked. */
  upstreamTime = -1;
  /** The final status, 0 while none has been sent. */
  status = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** Why the exchange ended before its response was complete; '' if it didn't. */
  aborted = '';
  finished = false;

  /** The client's connection isn't to carry another request after this one, where the protocol has it that way. */
  closing = false;

  /** See `expose`. */
  exposed: readonly string[] = NO_NAMES;

  // ---- hooks ----------------------------------------------------------------------------------------------------------
  /** Set by the gateway; see `Door`. */
  door: Door = noDoor;
  /** Set by the gateway; see `Finish`. */
  onFinish: Finish = noFinish;
  /** Set by the gateway; see `Report` and `failExchange`. */
  onError: Report = noReport;
  /** Set by the action that wants to know. */
  watcher: ClientWatcher | undefined = undefined;

  constructor(headers: HeaderList) {
    this.headers = headers;
  }

  /**
   * Lets pages read response headers of the gateway's own (lower case), such as those that say why it refused: where a CORS
   * policy lets the page in, it exposes them beside those that it lists itself.
   */
  expose(...names: readonly string[]): void {
    this.exposed = [...this.exposed, ...names];
  }

  // ---- the request's body ------------------------------------------------------------------------------------------
  /** Most bytes of body the wire accepts; past it the client gets 413 and the sink an abort. */
  maxBody: number = Number.POSITIVE_INFINITY;
  /** Begins to deliver the request's body. Call once, and only if `bodyLength` isn't 0. See `sendContinue`. */
  abstract readBody(sink: BodySink): void;
  /** After a `chunk` that returned false: the sink can take more. */
  abstract resumeBody(): void;
  /** Nobody wants the (rest of the) body. The wire reads it away or closes the connection after the response. */
  abstract discardBody(): void;
  /** Tells a client that `expectsContinue` to go on with the body, once; whoever reads the body decides when. */
  abstract sendContinue(): void;

  // ---- the response ---------------------------------------------------------------------------------------------------
  /**
   * The whole response. `headers` hold no framing and no hop-by-hop lines: the wire frames. For a HEAD request the body
   * is left out and its length still told. A string body holds one char a byte.
   */
  reply(status: number, headers: HeaderList, body?: string | Buffer): void {
    if (this.status !== 0 || this.finished) return;
    this.passDoor(status, headers);
    this.sendWhole(status, headers, body ?? '');
  }

  /** Begins a response. `length` is the body's (for HEAD and 304: what a GET's would be), `UNKNOWN_LENGTH` if not known. */
  open(status: number, headers: HeaderList, length: number): void {
    if (this.status !== 0 || this.finished) return;
    this.passDoor(status, headers);
    this.sendHead(status, headers, length);
  }

  /** One piece of the body, lent as to a `BodySink`. @returns false if the action should wait for `clientDrained`. */
  abstract write(chunk: Buffer): boolean;
  /** Whether the wire may still look at a piece larger than `ALWAYS_COPIED`: its memory mustn't change meanwhile. */
  abstract get holds(): boolean;
  /** The response is complete. */
  abstract end(trailers?: HeaderList): void;
  /** The response can't be completed: closes it so that the client sees it's broken. */
  abstract cut(reason: string): void;

  /** An interim response: 103, or a 1xx of the upstream's. 100 only by `sendContinue`, 101 only by `upgrade`. */
  abstract inform(status: number, headers: HeaderList): void;

  /** Answers 101 and hands the raw connection over. Undefined if the client left meanwhile. */
  upgrade(headers: HeaderList): Duplex | undefined {
    if (this.status !== 0 || this.finished) return undefined;
    this.passDoor(101, headers);
    return this.sendUpgrade(headers);
  }

  protected abstract sendWhole(status: number, headers: HeaderList, body: string | Buffer): void;
  protected abstract sendHead(status: number, headers: HeaderList, length: number): void;
  protected abstract sendUpgrade(headers: HeaderList): Duplex | undefined;

  /** For subclasses: the exchange is over. Harmless when called again. */
  protected finish(): void {
    if (this.finished) return;
    this.finished = true;
    this.onFinish(this);
  }

  private passDoor(status: number, headers: HeaderList): void {
    this.door(this, status, headers);
    this.status = status;
    this.headSentAt = performance.now();
  }
}

/** What answers: an action of a route. Everything it does with the exchange afterwards is its own. */
export type Action = (exchange: Exchange) => void;
