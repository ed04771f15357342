import { isIP } from 'node:net';
import type { Target } from '../guard/model.ts';
import type { ClientTarget } from '../wire/http1/client-connection.ts';
import { Deadline, type TimerWheel } from '../wire/timer-wheel.ts';
import { type PoolLimits, ServerPool } from './server-pool.ts';

/** What connections to third parties go by. */
export interface AddressPoolsOptions {
  /** Certificate authorities in PEM instead of the system's. */
  readonly ca: readonly string[] | undefined;
  /** For targets of this host, the name to verify and to send as SNI instead of it. */
  readonly serverName: { readonly host: string; readonly name: string } | undefined;
  /** Of one pool. */
  readonly limits: PoolLimits;
  /** Idle connections kept in all pools together, more or less. Default: 64 */
  readonly maxIdle?: number;
  /** Pools kept at most; the one used longest ago is closed for a new one. Default: 256 */
  readonly maxPools?: number;
  readonly wheel: TimerWheel;
}

/** See `maxIdle`. */
export const MAX_IDLE = 64;
/** Milliseconds after which a pool that nobody uses is forgotten, and with it what TLS agreed on. */
const FORGET_AFTER = 300_000;
/** Milliseconds for which an address that took no connection is tried last. */
const AVOID_FOR = 30_000;

/** The connections to one address under one name. */
export interface AddressPool {
  readonly pool: ServerPool;
  /** When it was looked for last, in the wheel's time. */
  usedAt: number;
  avoidUntil: number;
}

/** Pools by protocol, address, port and name. They come as they're asked for, and their number is bounded. */
export class AddressPools {
  private readonly options: AddressPoolsOptions;
  private readonly maxPools: number;
  private readonly maxIdle: number;
  /** In the order of their last use. */
  private readonly entries = new Map<string, AddressPool>();
  /** Pools that were dropped while somebody still had a connection of theirs. */
  private readonly dropped = new Set<ServerPool>();
  private shut = false;
  private readonly sweep = new Deadline(() => this.forget());

  constructor(options: AddressPoolsOptions) {
    this.options = options;
    this.maxPools = options.maxPools ?? 256;
    this.maxIdle = options.maxIdle ?? MAX_IDLE;
  }

  /** The pool of one address of a target. */
  of(target: Target, address: string): AddressPool {
    const { wheel } = this.options;
    const key = keyOf(target, address);
    let entry = this.entries.get(key);
    // Inserting again makes it the youngest.
    if (entry !== undefined) this.entries.delete(key);
    else entry = { pool: this.open(target, address), usedAt: 0, avoidUntil: 0 };
    this.entries.set(key, entry);
    // Arming first: the clock of a wheel with nothing to do stands still.
    if (this.sweep.at === 0) wheel.arm(this.sweep, FORGET_AFTER);
    entry.usedAt = wheel.now;
    if (this.entries.size > this.maxPools) this.dropOldest();
    this.limitIdle();
    return entry;
  }

  /** Has an address that took no connection tried last for a while. */
  avoid(entry: AddressPool): void {
    entry.avoidUntil = entry.usedAt + AVOID_FOR;
  }

  isAvoided(target: Target, address: string): boolean {
    return (this.entries.get(keyOf(target, address))?.avoidUntil ?? 0) > this.options.wheel.now;
  }

  /** Pools that are kept. */
  get size(): number {
    return this.entries.size;
  }

  /** Connections open at the moment. */
  get connections(): number {
    let count = 0;
    for (const pool of this.pools()) count += pool.size;
    return count;
  }

  /** Closes idle connections now and the others when they come back. */
  close(): void {
    this.shut = true;
    for (const pool of this.pools()) pool.close();
  }

  /** Closes every connection at once. */
  destroy(): void {
    this.close();
    for (const pool of this.pools()) pool.destroy();
    this.entries.clear();
    this.dropped.clear();
    this.options.wheel.remove(this.sweep);
  }

  private pools(): ServerPool[] {
    return [...[...this.entries.values()].map(({ pool }) => pool), ...this.dropped];
  }

  private open({ protocol, host, port }: Target, address: string): ServerPool {
    const { ca, serverName, limits, wheel } = this.options;
    const target: ClientTarget = {
      protocol,
      host: address,
      port,
      ca,
      serverName: serverName?.host === host ? serverName.name : isIP(host) === 0 ? host : undefined,
      dangerouslySkipVerify: false,
    };
    const pool = new ServerPool(target, limits, wheel);
    if (this.shut) pool.close();
    return pool;
  }

  private dropOldest(): void {
    const [oldest] = this.entries;
    if (oldest === undefined) return;
    const [key, { pool }] = oldest;
    this.entries.delete(key);
    pool.close();
    if (pool.size > 0) this.dropped.add(pool);
  }

  /** Many servers that were asked once each would have a descriptor each. */
  private limitIdle(): void {
    if (this.entries.size * this.options.limits.maxIdle <= this.maxIdle) return;
    let idle = 0;
    for (const { pool } of this.entries.values()) idle += pool.idleSize;
    for (const { pool } of this.entries.values()) {
      if (idle <= this.maxIdle) return;
      idle -= pool.idleSize;
      pool.closeIdle();
    }
  }

  private forget(): void {
    const { wheel } = this.options;
    for (const [key, { pool, usedAt }] of this.entries) {
      if (usedAt <= wheel.now - FORGET_AFTER && pool.size === 0) this.entries.delete(key);
    }
    for (const pool of this.dropped) {
      if (pool.size === 0) this.dropped.delete(pool);
    }
    if (this.entries.size > 0) wheel.arm(this.sweep, FORGET_AFTER);
  }
}

function keyOf({ protocol, host, port }: Target, address: string): string {
  return `${protocol} ${address} ${port} ${host}`;
}
