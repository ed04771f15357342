import type { BlockList } from 'node:net';
import type { Model } from '../config/model.ts';
import { parseIpv6 } from '../protocol/ip-address.ts';
import { contains, rangesOf } from './address-ranges.ts';
import { connectionLimit, descriptorLimit, overflowOf } from './connection-limit.ts';

/**
 * Where a new connection finds itself: within the limits; beyond one, so that it's answered with 503 whatever it asks; or
 * so far beyond that it's closed without a word.
 */
export type PlaceInTally = 'within' | 'beyond' | 'far beyond';

/** Counts client connections against the limits, over all listeners. */
export class ConnectionTally {
  private readonly all: Count;
  private readonly perAddress: number;
  private readonly byNetwork = new Map<string, Count>();
  private readonly trusted: BlockList;

  /** @param processes how many share the connections: each has descriptors of its own */
  constructor(model: Model, processes = 1) {
    const { connections, connectionsPerAddress } = model.limits;
    this.all = new Count(connections === 'auto' ? connectionLimit(model, descriptorLimit()) * processes : connections);
    this.perAddress = connectionsPerAddress;
    this.trusted = rangesOf(model.trustedProxies);
  }

  /** Counts a connection from this address. */
  add(address: string): PlaceInTally {
    const { all, byNetwork } = this;
    const network = this.networkOf(address);
    const here = network === '' ? undefined : (byNetwork.get(network) ?? new Count(this.perAddress));
    if (here !== undefined) byNetwork.set(network, here);
    all.open++;
    if (here !== undefined) here.open++;
    if (all.isFarBeyond || here?.isFarBeyond === true) return 'far beyond';
    return all.isBeyond || here?.isBeyond === true ? 'beyond' : 'within';
  }

  /** A connection that was counted is closed. */
  remove(address: string): void {
    this.all.open--;
    const network = this.networkOf(address);
    const here = this.byNetwork.get(network);
    if (here !== undefined && --here.open === 0) this.byNetwork.delete(network);
  }

  /**
   * What counts as one address: an IPv4 address, or the /64 of an IPv6 one, which is what one customer has at the least. ''
   * where nobody counts: without a limit, and for a trusted proxy, from which everybody comes.
   */
  private networkOf(address: string): string {
    if (this.perAddress <= 0) return '';
    const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
    if (contains(this.trusted, plain)) return '';
    return parseIpv6(plain)?.slice(0, 4).join(':') ?? plain;
  }
}

/** Open connections against one limit; 0: none. */
class Count {
  open = 0;
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit > 0 ? limit : Number.POSITIVE_INFINITY;
  }

  get isBeyond(): boolean {
    return this.open > this.limit;
  }

  get isFarBeyond(): boolean {
    return this.isBeyond && this.open > this.limit + overflowOf(this.limit);
  }
}
