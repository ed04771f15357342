import { BlockList } from 'node:net';
import type { Model } from '../config/model.ts';
import { parseIpv6 } from '../protocol/ip-address.ts';
import { contains, rangesOf } from '../wire/address-ranges.ts';
import { connectionLimit, descriptorLimit, overflowOf } from './connection-limit.ts';

/**
 * Where a new connection finds itself: within the limits; beyond one, so that it's answered with 503 whatever it asks; or
 * so far beyond that it's closed without a word.
 */
export type PlaceInTally = 'within' | 'beyond' | 'far beyond';

/** Counts client connections against the limits, over all listeners. */
export class ConnectionTally {
  private open = 0;
  /** Also without a limit: a reload may bring one. */
  private readonly openByNetwork = new Map<string, number>();
  /** Infinity: none. */
  private limit = Number.POSITIVE_INFINITY;
  private limitPerAddress = Number.POSITIVE_INFINITY;
  private trusted = new BlockList();

  /** @param processes how many share the connections: each has descriptors of its own */
  constructor(model: Model, processes = 1) {
    this.update(model, processes);
  }

  /** From now on these limits hold for new connections; those that there are stay. */
  update(model: Model, processes = 1): void {
    const { connections, connectionsPerAddress } = model.limits;
    const all = connections === 'auto' ? connectionLimit(model, descriptorLimit()) * processes : connections;
    this.limit = all > 0 ? all : Number.POSITIVE_INFINITY;
    this.limitPerAddress = connectionsPerAddress > 0 ? connectionsPerAddress : Number.POSITIVE_INFINITY;
    this.trusted = rangesOf(model.trustedProxies);
  }

  /** Counts a connection from this address. */
  add(address: string): PlaceInTally {
    const plain = withoutMapping(address);
    const network = networkOf(plain);
    const here = (this.openByNetwork.get(network) ?? 0) + 1;
    this.openByNetwork.set(network, here);
    this.open++;
    const ofAll = placeOf(this.open, this.limit);
    // From a trusted proxy everybody comes.
    const limited = this.limitPerAddress !== Number.POSITIVE_INFINITY && !contains(this.trusted, plain);
    const ofAddress = limited ? placeOf(here, this.limitPerAddress) : 'within';
    if (ofAll === 'far beyond' || ofAddress === 'far beyond') return 'far beyond';
    return ofAll === 'beyond' ? ofAll : ofAddress;
  }

  /** A connection that was counted is closed. */
  remove(address: string): void {
    const network = networkOf(withoutMapping(address));
    const here = (this.openByNetwork.get(network) ?? 0) - 1;
    if (here > 0) this.openByNetwork.set(network, here);
    else this.openByNetwork.delete(network);
    this.open--;
  }
}

function placeOf(open: number, limit: number): PlaceInTally {
  if (open <= limit) return 'within';
  return open > limit + overflowOf(limit) ? 'far beyond' : 'beyond';
}

/** What counts as one address: an IPv4 address, or the /64 of an IPv6 one, which is what one customer has at the least. */
function networkOf(address: string): string {
  return parseIpv6(address)?.slice(0, 4).join(':') ?? address;
}

function withoutMapping(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
