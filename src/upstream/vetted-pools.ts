import { isIP } from 'node:net';
import { addressKind, mayConnect, type AddressKind } from '../guard/address.ts';
import type { Target } from '../guard/model.ts';
import type { ClientTarget } from '../wire/http1/client-connection.ts';
import { Deadline, type TimerWheel } from '../wire/timer-wheel.ts';
import type { NameAnswer, NameResolver } from './name-resolver.ts';
import type { NameFailure } from './name-source.ts';
import { type PoolLimits, ServerPool } from './server-pool.ts';

/** What the pools of one guard go by. */
export interface VettedPoolsOptions {
  readonly resolver: NameResolver;
  /** Addresses, ranges and names that may be connected to although they aren't public. */
  readonly allowPrivate: readonly string[];
  /** Certificate authorities in PEM instead of the system's. */
  readonly ca: readonly string[] | undefined;
  /** Name to verify and to send as SNI instead of the target's. */
  readonly serverName: string | undefined;
  readonly limits: PoolLimits;
  /** Pools kept at most; the one used longest ago is closed for a new one. Default: 256 */
  readonly maxPools?: number;
  readonly wheel: TimerWheel;
}

/** What came of a target: a server to ask, or why it isn't asked. Neither is told to the client with an address. */
export type Vetted =
  | { readonly outcome: 'found'; readonly server: VettedServer }
  | { readonly outcome: 'address-refused'; readonly kind: AddressKind }
  | { readonly outcome: 'name-failed'; readonly failure: NameFailure };

/** Milliseconds after which a pool that nobody uses is forgotten, and with it what TLS agreed on. */
const FORGET_AFTER = 300_000;
/** Milliseconds for which an address that took no connection is tried last. */
const AVOID_FOR = 30_000;
/** Of more addresses than that only the first are tried. All are vetted. */
const MAX_TRIED = 8;

/** One address of a target. */
interface Entry {
  readonly pool: ServerPool;
  usedAt: number;
  avoidUntil: number;
}

/**
 * Connections to servers that a guard may ask, by the address that was vetted and not by name: between the check and the
 * connection nothing is looked up again, so an answer that changes meanwhile (DNS rebinding) leads nowhere else. No proxy
 * is asked, whatever the environment says.
 */
export class VettedPools {
  private readonly options: VettedPoolsOptions;
  private readonly maxPools: number;
  /** In the order of their last use. */
  private readonly entries = new Map<string, Entry>();
  /** Pools that were dropped while somebody still had a connection of theirs. */
  private readonly dropped = new Set<ServerPool>();
  /** The kind of address for which an answer is refused, undefined for none. */
  private readonly verdicts = new WeakMap<NameAnswer, { readonly refused: AddressKind | undefined }>();
  private readonly sweep = new Deadline(() => this.forget());

  constructor(options: VettedPoolsOptions) {
    this.options = options;
    this.maxPools = options.maxPools ?? 256;
  }

  /**
   * Finds the server of a target. Any one address that may not be connected to refuses them all: a name that leads inside
   * and outside is a trick, or a mistake. Calls `done` exactly once, at once if nothing has to be looked up.
   */
  find(target: Target, done: (vetted: Vetted) => void): void {
    const { resolver, allowPrivate } = this.options;
    const { host } = target;
    if (isIP(host) !== 0) {
      const kind = mayConnect(host, host, allowPrivate) ? undefined : addressKind(host);
      return done(this.vetted(target, [host], kind));
    }
    resolver.lookup(host, (answer) => {
      if (answer.failure !== undefined) return done({ outcome: 'name-failed', failure: answer.failure });
      done(this.vetted(target, answer.addresses, this.refusedOf(answer, host)));
    });
  }

  /** Pools that are kept, for tests and metrics. */
  get size(): number {
    return this.entries.size;
  }

  /** Connections open at the moment. */
  get connections(): number {
    let count = 0;
    for (const { pool } of this.entries.values()) count += pool.size;
    for (const pool of this.dropped) count += pool.size;
    return count;
  }

  /** Closes idle connections now and the others when they come back. */
  close(): void {
    for (const { pool } of this.entries.values()) pool.close();
  }

  /** Closes every connection at once. */
  destroy(): void {
    for (const { pool } of this.entries.values()) pool.destroy();
    for (const pool of this.dropped) pool.destroy();
    this.entries.clear();
    this.dropped.clear();
    this.options.wheel.remove(this.sweep);
  }

  private refusedOf(answer: NameAnswer, host: string): AddressKind | undefined {
    let verdict = this.verdicts.get(answer);
    if (verdict === undefined) {
      const refused = answer.addresses.find((ip) => !mayConnect(ip, host, this.options.allowPrivate));
      verdict = { refused: refused === undefined ? undefined : addressKind(refused) };
      this.verdicts.set(answer, verdict);
    }
    return verdict.refused;
  }

  private vetted(target: Target, addresses: readonly string[], refused: AddressKind | undefined): Vetted {
    if (refused !== undefined) return { outcome: 'address-refused', kind: refused };
    const { now } = this.options.wheel;
    const entries = addresses.slice(0, MAX_TRIED);
    const isAvoided = (address: string): boolean => (this.entries.get(keyOf(target, address))?.avoidUntil ?? 0) > now;
    if (entries.length > 1) entries.sort((a, b) => Number(isAvoided(a)) - Number(isAvoided(b)));
    return { outcome: 'found', server: new VettedServer(entries, (address) => this.entry(target, address)) };
  }

  private entry(target: Target, address: string): Entry {
    const { wheel } = this.options;
    const key = keyOf(target, address);
    let entry = this.entries.get(key);
    // Inserting again makes it the youngest.
    if (entry !== undefined) this.entries.delete(key);
    else entry = { pool: this.open(target, address), usedAt: 0, avoidUntil: 0 };
    this.entries.set(key, entry);
    if (this.sweep.at === 0) wheel.arm(this.sweep, FORGET_AFTER);
    entry.usedAt = wheel.now;
    if (this.entries.size > this.maxPools) this.dropOldest();
    return entry;
  }

  private open({ protocol, host, port }: Target, address: string): ServerPool {
    const { ca, serverName, limits, wheel } = this.options;
    const target: ClientTarget = {
      protocol,
      host: address,
      port,
      ca,
      serverName: serverName ?? (isIP(host) === 0 ? host : undefined),
      dangerouslySkipVerify: false,
    };
    return new ServerPool(target, limits, wheel);
  }

  private dropOldest(): void {
    const [oldest] = this.entries;
    if (oldest === undefined) return;
    const [key, { pool }] = oldest;
    this.entries.delete(key);
    pool.close();
    if (pool.size > 0) this.dropped.add(pool);
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

/** The addresses of one target, in the order in which one request tries them. */
export class VettedServer {
  private readonly addresses: readonly string[];
  private readonly entryOf: (address: string) => Entry;
  private turn = 0;
  private entry: Entry | undefined = undefined;

  constructor(addresses: readonly string[], entryOf: (address: string) => Entry) {
    this.addresses = addresses;
    this.entryOf = entryOf;
  }

  /** The connections to the address whose turn it is. Its label holds the address: not for logs. */
  get pool(): ServerPool {
    this.entry ??= this.entryOf(this.addresses[this.turn] as string);
    return this.entry.pool;
  }

  /** Whether there's another address to try. */
  get hasNext(): boolean {
    return this.turn + 1 < this.addresses.length;
  }

  /** Goes on to the next address, after this one took no connection; requests to come try it last for a while. */
  next(): void {
    if (this.entry !== undefined) this.entry.avoidUntil = this.entry.usedAt + AVOID_FOR;
    this.entry = undefined;
    this.turn++;
  }
}

function keyOf({ protocol, host, port }: Target, address: string): string {
  return `${protocol} ${address} ${port} ${host}`;
}
