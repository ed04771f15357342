import type { Candidate, Strategy } from './strategy.ts';
import { WeightedTurn } from './weighted-turn.ts';

/** The server with the fewest requests under way for its weight; among equals each in its turn. */
export class LeastRequests implements Strategy {
  private readonly turn = new WeightedTurn();

  pick<Server extends Candidate>(servers: readonly Server[]): Server {
    let least = Number.POSITIVE_INFINITY;
    for (const server of servers) least = Math.min(least, loadOf(server));
    return this.turn.next(servers.filter((server) => loadOf(server) === least));
  }
}

/** Requests under way for a weight of 1. */
export function loadOf({ busy, weight }: Candidate): number {
  return busy / weight;
}
