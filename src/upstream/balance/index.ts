import type { BalanceModel } from '../../config/balancing-model.ts';
import { LeastRequests } from './least-requests.ts';
import { RandomTwo } from './random-two.ts';
import { RendezvousHash } from './rendezvous-hash.ts';
import { RoundRobin } from './round-robin.ts';
import type { Strategy } from './strategy.ts';

/** The strategy that a config asks for. */
export function createStrategy(model: BalanceModel): Strategy {
  switch (model.kind) {
    case 'round-robin':
      return new RoundRobin();
    case 'least-requests':
      return new LeastRequests();
    case 'random-two':
      return new RandomTwo();
    case 'hash':
      return new RendezvousHash(model.maxLoad, new RoundRobin());
  }
}
