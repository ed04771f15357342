import { hasStatus, type HealthCheckModel } from '../config/balancing-model.ts';
import { ClientConnection, type ClientFailure, type ResponseSink } from '../wire/http1/client-connection.ts';
import type { ResponseHead } from '../wire/http1/response-head.ts';
import { Deadline, type TimerWheel } from '../wire/timer-wheel.ts';
import type { UpstreamServer } from './upstream-server.ts';

/** An interval is longer or shorter by up to so much of it, so that checks don't come from everywhere at once. */
const JITTER = 0.1;

/** Asks one server again and again whether it's well, on a connection of its own each time: it must accept some, too. */
export class HealthCheck implements ResponseSink {
  private readonly server: UpstreamServer;
  private readonly model: HealthCheckModel;
  private readonly wheel: TimerWheel;
  private readonly changed: (up: boolean, reason: string) => void;
  private readonly next = new Deadline(() => this.ask());
  private readonly tooLate = new Deadline(() => this.bad(`no answer within ${this.model.timeout} ms`));
  private connection: ClientConnection | undefined = undefined;
  private up = true;
  /** Answers in a row that say otherwise than `up`. */
  private contrary = 0;
  private isFirst = true;
  readonly holdsBody = false;

  /** @param changed is told when the server goes down or up, and why */
  constructor(
    server: UpstreamServer,
    model: HealthCheckModel,
    wheel: TimerWheel,
    changed: (up: boolean, reason: string) => void,
  ) {
    this.server = server;
    this.model = model;
    this.wheel = wheel;
    this.changed = changed;
  }

  start(): void {
    this.ask();
  }

  stop(): void {
    this.wheel.remove(this.next);
    this.hangUp();
  }

  private ask(): void {
    const { path, host, timeout } = this.model;
    const { pool, basePath, authority } = this.server;
    this.wheel.arm(this.tooLate, timeout);
    this.connection = new ClientConnection(pool.target, this.wheel, { released: ignore, closed: ignore });
    const head = `GET ${basePath}${path} HTTP/1.1\r\nHost: ${host === '' ? authority : host}\r\n`;
    const fields = 'User-Agent: oneorigin-health-check\r\nAccept: */*\r\nConnection: close\r\n\r\n';
    this.connection.send(head + fields, { method: 'GET', bodyLength: 0 }, this, { connect: 0, head: 0, idle: 0 });
  }

  private hangUp(): void {
    this.wheel.remove(this.tooLate);
    this.connection?.destroy();
    this.connection = undefined;
  }

  // ---- the answer (ResponseSink) --------------------------------------------------------------------------------------

  onWhole(head: ResponseHead): void {
    this.judge(head.status);
  }

  onHead(head: ResponseHead): void {
    // What the body says doesn't matter.
    this.judge(head.status);
  }

  onSwitch(): void {
    this.bad('answered 101');
  }

  onFailure({ detail }: ClientFailure): void {
    this.bad(detail);
  }

  onInterim(): void {
    // The answer follows.
  }

  onBody(): boolean {
    return true;
  }

  onEnd(): void {
    // The head has said it.
  }

  onDrain(): void {
    // There's nothing more to send.
  }

  // ---- what it means ----------------------------------------------------------------------------------------------------

  private judge(status: number): void {
    if (hasStatus(this.model.statuses, status)) this.verdict(true, `answered ${status}`);
    else this.bad(`answered ${status}`);
  }

  private bad(reason: string): void {
    this.verdict(false, reason);
  }

  private verdict(good: boolean, reason: string): void {
    this.hangUp();
    const { interval, rise, fall } = this.model;
    this.wheel.arm(this.next, interval * (1 - JITTER + 2 * JITTER * Math.random()));
    // Nothing is known of a server before the first answer, so that one alone decides.
    const needed = this.isFirst ? 1 : good ? rise : fall;
    this.isFirst = false;
    this.contrary = good === this.up ? 0 : this.contrary + 1;
    if (this.contrary < needed) return;
    this.contrary = 0;
    if (good === this.up) return;
    this.up = good;
    this.changed(good, reason);
  }
}

function ignore(): void {
  // A check's connection is used once, and by nobody else.
}
