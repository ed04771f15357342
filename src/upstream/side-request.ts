import type { ProblemCode } from '../diagnostics/catalogue/problems.ts';
import type { ClientConnection, ClientFailure, ResponseSink } from '../wire/http1/client-connection.ts';
import type { ResponseHead } from '../wire/http1/response-head.ts';
import { Deadline, type TimerWheel } from '../wire/timer-wheel.ts';
import type { Seeker } from './balance/strategy.ts';
import type { Reuse } from './server-pool.ts';
import type { UpstreamServer } from './upstream-server.ts';
import type { Upstream } from './upstream.ts';

/** Whom a request of the gateway's own goes to, and how long it may take. */
export interface SideRequestTerms {
  readonly upstream: Upstream;
  readonly wheel: TimerWheel;
  /** Milliseconds for all of it, the answer's body too. */
  readonly timeout: number;
}

/** Requests of the gateway's own are no client's: nothing sticks to a server. */
const NOBODY: Seeker = { hashed: '', stuckTo: '' };

/**
 * A GET of the gateway's own, beside the exchanges that it forwards, on the same connections: to whoever has the keys of
 * tokens, or decides about a request. Sent once more where a connection turns out to be dead, or no server took it.
 */
export abstract class SideRequest implements ResponseSink {
  private readonly terms: SideRequestTerms;
  private readonly deadline: Deadline;
  private connection: ClientConnection | undefined = undefined;
  private server: UpstreamServer | undefined = undefined;
  private readonly tried: UpstreamServer[] = [];
  private retried = false;
  private done = false;

  constructor(terms: SideRequestTerms) {
    this.terms = terms;
    this.deadline = new Deadline(() => this.abandon('upstream-total-timeout', 'total'));
  }

  /** The whole head for one server, its empty line included. */
  protected abstract headFor(server: UpstreamServer): string;
  /** The answer's head; `length` is the body's, or `UNKNOWN_LENGTH`. What is kept of it is copied. */
  protected abstract answered(head: ResponseHead, length: number): void;
  /** As `BodySink.chunk`. */
  protected abstract piece(chunk: Buffer): boolean;
  /** The answer is complete. */
  protected abstract ended(): void;
  /** There's no complete answer. Comes last, as `ended`; one of the two comes unless `leave` was called. */
  protected abstract failed(code: ProblemCode, detail: string): void;

  start(): void {
    this.terms.wheel.arm(this.deadline, this.terms.timeout);
    this.sendToNext();
  }

  /** Nobody wants the (rest of the) answer. */
  leave(): void {
    this.finish();
    this.connection?.destroy();
  }

  /** Gives up. @param detail for the log */
  protected abandon(code: ProblemCode, detail: string): void {
    if (this.done) return;
    this.leave();
    this.failed(code, detail);
  }

  /** After a `piece` that returned false. */
  protected resume(): void {
    this.connection?.resume();
  }

  /** Asks the next server. */
  private sendToNext(): void {
    const { upstream } = this.terms;
    const server = upstream.only ?? upstream.balancer?.pick(NOBODY, this.tried);
    if (server === undefined) return this.abandon('no-healthy-server', 'no server');
    this.server = server;
    this.tried.push(server);
    this.send(server, 'any');
  }

  private send(server: UpstreamServer, reuse: Reuse): void {
    const { timeout } = this.terms;
    this.connection = server.pool.take(reuse);
    const timeouts = { connect: timeout, head: timeout, idle: timeout };
    this.connection.send(this.headFor(server), { method: 'GET', bodyLength: 0 }, this, timeouts);
  }

  private finish(): void {
    this.done = true;
    this.terms.wheel.remove(this.deadline);
  }

  // ---- ResponseSink -------------------------------------------------------------------------------------------------

  onInterim(): void {
    // Nothing that it could say is of use here.
  }

  onWhole(head: ResponseHead, body: string): void {
    this.answered(head, body.length);
    if (this.done) return;
    if (body !== '') this.piece(Buffer.from(body, 'latin1'));
    this.onEnd();
  }

  onHead(head: ResponseHead, length: number): void {
    this.answered(head, length);
  }

  onBody(chunk: Buffer): boolean {
    return this.done || this.piece(chunk);
  }

  get holdsBody(): boolean {
    return false;
  }

  onEnd(): void {
    if (this.done) return;
    this.finish();
    this.ended();
  }

  onSwitch(): void {
    this.abandon('upstream-malformed', 'a 101 that nobody asked for');
  }

  onFailure({ code, detail, stale, unsent }: ClientFailure): void {
    if (this.done) return;
    const { server } = this;
    if (stale && !this.retried && server !== undefined) {
      this.retried = true;
      return this.send(server, 'fresh');
    }
    if (unsent && this.terms.upstream.balancer?.hasOther(this.tried) === true) return this.sendToNext();
    this.abandon(code, detail);
  }

  onDrain(): void {
    // There's no body to be sent.
  }
}
