import type { UpstreamServer } from '../upstream-server.ts';

/** What a strategy looks at in a server. */
export type Candidate = Pick<UpstreamServer, 'key' | 'weight' | 'busy'>;

/** What a strategy knows of a request: plain data, read before the request's headers are changed for their way on. */
export interface Seeker {
  /** What the upstream hashes by; '' for none. */
  readonly hashed: string;
  /** The value of the cookie that names a server; '' for none. */
  readonly stuckTo: string;
}

/** Chooses the server for a request. It keeps no list of its own: which servers there are may change with each call. */
export interface Strategy {
  /** @param servers those that may get the request: one at least, each once, in an order that rarely changes */
  pick<Server extends Candidate>(servers: readonly Server[], seeker: Seeker): Server;
}

/** Where strategies get their chances from: from 0 to below 1. */
export type Chance = () => number;
