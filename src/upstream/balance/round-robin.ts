import type { Candidate, Strategy } from './strategy.ts';
import { WeightedTurn } from './weighted-turn.ts';

/** Each server in its turn, as often as its weight says. */
export class RoundRobin implements Strategy {
  private readonly turn = new WeightedTurn();

  pick<Server extends Candidate>(servers: readonly Server[]): Server {
    return this.turn.next(servers);
  }
}
