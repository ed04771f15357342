import type { Candidate, Seeker, Strategy } from './strategy.ts';

/**
 * Consistent hashing by highest random weight: for each key every server has a score of its own, and the highest gets it.
 * When a server leaves, only its keys move, and they spread over all others; when one comes, it takes its share and no key
 * moves between the others. It needs no ring to build, and holds the weights exactly.
 */
export class RendezvousHash implements Strategy {
  private readonly maxLoad: number;
  /** For requests without what is hashed. */
  private readonly otherwise: Strategy;
  private readonly seeds = new WeakMap<Candidate, number>();

  /** @param maxLoad how many times its fair share of the requests under way a server may have; Infinity: any number */
  constructor(maxLoad: number, otherwise: Strategy) {
    this.maxLoad = maxLoad;
    this.otherwise = otherwise;
  }

  pick<Server extends Candidate>(servers: readonly Server[], seeker: Seeker): Server {
    if (seeker.hashed === '') return this.otherwise.pick(servers, seeker);
    const hash = hashOf(seeker.hashed);
    if (this.maxLoad === Number.POSITIVE_INFINITY) return this.highest(servers, hash);
    const within = servers.filter((server) => server.busy < boundOf(server, servers, this.maxLoad));
    return this.highest(within.length > 0 ? within : servers, hash);
  }

  private highest<Server extends Candidate>(servers: readonly Server[], hash: number): Server {
    let best = servers[0] as Server;
    let highest = Number.NEGATIVE_INFINITY;
    for (const server of servers) {
      // Evenly from above 0 to below 1. Of such numbers r, the one with the highest w / -ln(r) is chance by weights w.
      const r = (mix(hash ^ this.seedOf(server)) + 0.5) / 2 ** 32;
      const score = server.weight / -Math.log(r);
      if (score > highest) {
        highest = score;
        best = server;
      }
    }
    return best;
  }

  private seedOf(server: Candidate): number {
    let seed = this.seeds.get(server);
    if (seed === undefined) this.seeds.set(server, (seed = mix(hashOf(server.key))));
    return seed;
  }
}

/** The most requests that may be under way at a server, this one counted among all: rounded up, so that there's room for it. */
function boundOf(server: Candidate, servers: readonly Candidate[], maxLoad: number): number {
  let busy = 1;
  let weight = 0;
  for (const each of servers) {
    busy += each.busy;
    weight += each.weight;
  }
  return Math.ceil((maxLoad * busy * server.weight) / weight);
}

/** FNV-1a, 32 bits: the same in every process, since all must send a key to the same server. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** Spreads what differs in a few bits over all 32 (the finaliser of MurmurHash3). */
function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
