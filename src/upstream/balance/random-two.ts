import { loadOf } from './least-requests.ts';
import type { Candidate, Chance, Strategy } from './strategy.ts';

/**
 * Chance picks two servers by their weights, and the one with less to do gets the request. Where several gateways share
 * servers, and none sees what the others send there, this keeps them from all taking the same one for the idlest.
 */
export class RandomTwo implements Strategy {
  private readonly chance: Chance;

  constructor(chance: Chance = Math.random) {
    this.chance = chance;
  }

  pick<Server extends Candidate>(servers: readonly Server[]): Server {
    const one = this.draw(servers, undefined);
    if (servers.length === 1) return one;
    const other = this.draw(servers, one);
    return loadOf(other) < loadOf(one) ? other : one;
  }

  private draw<Server extends Candidate>(servers: readonly Server[], except: Server | undefined): Server {
    let total = 0;
    for (const server of servers) if (server !== except) total += server.weight;
    let left = this.chance() * total;
    let drawn = servers[0] as Server;
    for (const server of servers) {
      if (server === except) continue;
      drawn = server;
      left -= server.weight;
      if (left < 0) break;
    }
    return drawn;
  }
}
