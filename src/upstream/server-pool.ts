import { ClientConnection, type ClientTarget } from '../wire/http1/client-connection.ts';
import type { TimerWheel } from '../wire/timer-wheel.ts';

/** How many idle connections a server's pool keeps, and for how long. */
export interface PoolLimits {
  readonly maxIdle: number;
  /** Milliseconds. */
  readonly idleTimeout: number;
}

/**
 * Which connections a request may go out on. `recent`: one that was used a moment ago, since a server hardly closes it
 * just now; for what can't be sent again. `fresh`: none that was used before; for what just died on one.
 */
export type Reuse = 'any' | 'recent' | 'fresh';

/** Milliseconds that make a moment. */
const RECENT = 500;

/** The connections to one server: idle ones are reused, the one used last first, so that spare ones can grow old. */
export class ServerPool {
  readonly target: ClientTarget;
  /** `host:port` or `unix:/path`, for logs. */
  readonly label: string;
  private readonly wheel: TimerWheel;
  private readonly limits: PoolLimits;
  private readonly idle: ClientConnection[] = [];
  private readonly all = new Set<ClientConnection>();
  private shut = false;
  /** Called when a request less is under way; undefined where nobody waits for that. */
  freed: (() => void) | undefined = undefined;

  constructor(target: ClientTarget, limits: PoolLimits, wheel: TimerWheel) {
    this.target = target;
    this.label = labelOf(target);
    this.limits = limits;
    this.wheel = wheel;
  }

  /** A connection for one request: an idle one, or a new one. */
  take(reuse: Reuse): ClientConnection {
    return this.takeIdle(reuse) ?? this.open();
  }

  /** Connections open at the moment, for metrics and tests. */
  get size(): number {
    return this.all.size;
  }

  /** Requests under way: a connection has one at a time, and a tunnel is one for as long as it's open. */
  get busy(): number {
    return this.all.size - this.idle.length;
  }

  /** Of these, those that wait for a request. */
  get idleSize(): number {
    return this.idle.length;
  }

  /** Closes those that wait for a request. */
  closeIdle(): void {
    for (const connection of this.idle.splice(0)) connection.destroy();
  }

  /** Closes idle connections now and the others when they come back. */
  close(): void {
    this.shut = true;
    this.closeIdle();
  }

  /** As `destroy`, and says so to whoever waits for a response. */
  cut(reason: string): void {
    this.close();
    for (const connection of this.all) connection.cut(reason);
  }

  /** Closes every connection at once. */
  destroy(): void {
    this.close();
    for (const connection of this.all) connection.destroy();
  }

  private takeIdle(reuse: Reuse): ClientConnection | undefined {
    if (reuse === 'fresh') return undefined;
    const latest = this.idle.at(-1);
    if (latest === undefined || (reuse === 'recent' && latest.idleSince < this.wheel.now - RECENT)) return undefined;
    for (let connection = this.idle.pop(); connection !== undefined; connection = this.idle.pop()) {
      if (connection.usable) return connection;
    }
    return undefined;
  }

  private open(): ClientConnection {
    const connection = new ClientConnection(this.target, this.wheel, this.hooks);
    this.all.add(connection);
    return connection;
  }

  private readonly hooks = {
    released: (connection: ClientConnection): void => {
      const keepFor = Math.min(this.limits.idleTimeout, connection.keepAliveHint);
      if (this.shut || keepFor <= 0 || this.idle.length >= this.limits.maxIdle) return connection.destroy();
      connection.idleSince = this.wheel.now;
      connection.expireIn(keepFor);
      this.idle.push(connection);
      this.freed?.();
    },
    closed: (connection: ClientConnection): void => {
      this.all.delete(connection);
      const at = this.idle.indexOf(connection);
      if (at >= 0) this.idle.splice(at, 1);
      this.freed?.();
    },
  };
}

function labelOf({ host, port, socketPath = '' }: ClientTarget): string {
  if (socketPath !== '') return `unix:${socketPath}`;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
