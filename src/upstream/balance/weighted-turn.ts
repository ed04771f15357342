import type { Candidate } from './strategy.ts';

/**
 * Whose turn it is, in proportion to the weights and as evenly as can be: with 3 and 1 it's a a b a, not a a a b. Each turn
 * everybody gains their weight, and who has most is chosen and pays what all have gained.
 */
export class WeightedTurn {
  private readonly gains = new WeakMap<Candidate, number>();
  private turn = 0;

  next<Server extends Candidate>(servers: readonly Server[]): Server {
    const first = servers[0] as Server;
    if (servers.length === 1) return first;
    // Without weights there's nothing to keep for each.
    if (servers.every(({ weight }) => weight === first.weight)) {
      this.turn = (this.turn + 1) % servers.length;
      return servers[this.turn] as Server;
    }
    let chosen = first;
    let most = Number.NEGATIVE_INFINITY;
    let total = 0;
    for (const server of servers) {
      const { weight } = server;
      const gain = (this.gains.get(server) ?? 0) + weight;
      this.gains.set(server, gain);
      total += weight;
      if (gain > most) {
        most = gain;
        chosen = server;
      }
    }
    this.gains.set(chosen, most - total);
    return chosen;
  }
}
