import { isIP } from 'node:net';
import { addressKind, mayConnect, type AddressKind } from '../guard/address.ts';
import type { Target } from '../guard/model.ts';
import { AddressPools, type AddressPool, type AddressPoolsOptions } from './address-pools.ts';
import type { NameAnswer, NameResolver } from './name-resolver.ts';
import type { NameFailure } from './name-source.ts';
import type { ServerPool } from './server-pool.ts';

/** What the pools of a guard go by. */
export interface VettedPoolsOptions extends AddressPoolsOptions {
  readonly resolver: NameResolver;
  /** Addresses, ranges and names that may be connected to although they aren't public. */
  readonly allowPrivate: readonly string[];
}

/** What came of a target: a server to ask, or why it isn't asked. Neither is told to the client with an address. */
export type Vetted =
  | { readonly outcome: 'found'; readonly server: VettedServer }
  | { readonly outcome: 'address-refused'; readonly kind: AddressKind }
  | { readonly outcome: 'name-failed'; readonly failure: NameFailure };

/** Of more addresses than that only the first are tried, each of which may cost a timeout. All are vetted. */
const MAX_TRIED = 4;

/**
 * Connections to servers that a guard may ask, by the address that was vetted and not by name: between the check and the
 * connection nothing is looked up again, so an answer that changes meanwhile (DNS rebinding) leads nowhere else. No proxy
 * is asked, whatever the environment says.
 */
export class VettedPools {
  private readonly resolver: NameResolver;
  private readonly allowPrivate: readonly string[];
  private readonly pools: AddressPools;
  /** The kind of address for which an answer is refused, undefined for none. */
  private readonly verdicts = new WeakMap<NameAnswer, { readonly refused: AddressKind | undefined }>();

  constructor(options: VettedPoolsOptions) {
    this.resolver = options.resolver;
    this.allowPrivate = options.allowPrivate;
    this.pools = new AddressPools(options);
  }

  /**
   * Finds the server of a target. Any one address that may not be connected to refuses them all: a name that leads inside
   * and outside is a trick, or a mistake. Calls `done` exactly once, at once if nothing has to be looked up.
   */
  find(target: Target, done: (vetted: Vetted) => void): void {
    const { host } = target;
    if (isIP(host) !== 0) {
      const kind = mayConnect(host, host, this.allowPrivate) ? undefined : addressKind(host);
      return done(this.vetted(target, [host], kind));
    }
    this.resolver.lookup(host, (answer) => {
      if (answer.failure !== undefined) return done({ outcome: 'name-failed', failure: answer.failure });
      done(this.vetted(target, answer.addresses, this.refusedOf(answer, host)));
    });
  }

  /** Pools that are kept, for tests and metrics. */
  get size(): number {
    return this.pools.size;
  }

  /** Connections open at the moment. */
  get connections(): number {
    return this.pools.connections;
  }

  /** Closes idle connections now and the others when they come back. */
  close(): void {
    this.pools.close();
  }

  /** Closes every connection at once. */
  destroy(): void {
    this.pools.destroy();
  }

  private refusedOf(answer: NameAnswer, host: string): AddressKind | undefined {
    let verdict = this.verdicts.get(answer);
    if (verdict === undefined) {
      const refused = answer.addresses.find((ip) => !mayConnect(ip, host, this.allowPrivate));
      verdict = { refused: refused === undefined ? undefined : addressKind(refused) };
      this.verdicts.set(answer, verdict);
    }
    return verdict.refused;
  }

  private vetted(target: Target, addresses: readonly string[], refused: AddressKind | undefined): Vetted {
    if (refused !== undefined) return { outcome: 'address-refused', kind: refused };
    const tried = addresses.slice(0, MAX_TRIED);
    const rank = (address: string): number => Number(this.pools.isAvoided(target, address));
    if (tried.length > 1) tried.sort((a, b) => rank(a) - rank(b));
    return { outcome: 'found', server: new VettedServer(target, tried, this.pools) };
  }
}

/** The addresses of one target, in the order in which one request tries them. */
export class VettedServer {
  private readonly target: Target;
  private readonly addresses: readonly string[];
  private readonly pools: AddressPools;
  private turn = 0;
  private current: AddressPool | undefined = undefined;

  constructor(target: Target, addresses: readonly string[], pools: AddressPools) {
    this.target = target;
    this.addresses = addresses;
    this.pools = pools;
  }

  /** The connections to the address whose turn it is. Its label holds the address: not for logs. */
  get pool(): ServerPool {
    this.current ??= this.pools.of(this.target, this.addresses[this.turn] as string);
    return this.current.pool;
  }

  /** Whether there's another address to try. */
  get hasNext(): boolean {
    return this.turn + 1 < this.addresses.length;
  }

  /** Goes on to the next address, after this one took no connection; requests to come try it last for a while. */
  next(): void {
    if (this.current !== undefined) this.pools.avoid(this.current);
    this.current = undefined;
    this.turn++;
  }
}
