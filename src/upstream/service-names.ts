import { Resolver, type SrvRecord } from 'node:dns';

/** How often each DNS server is asked before it's taken for dead. */
const TRIES = 2;

/** Where a service is (RFC 2782): a name and a port. */
export interface ServicePlace {
  readonly name: string;
  readonly port: number;
  /** Above 0. */
  readonly weight: number;
}

/** What of a weight of 0 is left: RFC 2782 gives it a very small chance. */
const SMALL = 0.1;

/** Services as DNS lists them: SRV records, which no other source of names has. */
export class ServiceNames {
  private readonly resolver: Resolver;

  /**
   * @param servers DNS servers; none: those that the system is set up with
   * @param timeout milliseconds in which a server that is there answers
   */
  constructor(servers: readonly string[], timeout: number) {
    this.resolver = new Resolver({ timeout: Math.ceil(timeout / 3), tries: TRIES });
    if (servers.length > 0) this.resolver.setServers(servers);
  }

  /** Calls `done` once, later: with the places of the best priority, or with why there are none. */
  ask(name: string, done: (places: readonly ServicePlace[], error: NodeJS.ErrnoException | null) => void): void {
    this.resolver.resolveSrv(name, (error, records) => done(error === null ? best(records) : [], error));
  }

  /** Gives up what is being asked. */
  close(): void {
    this.resolver.cancel();
  }
}

function best(records: readonly SrvRecord[]): ServicePlace[] {
  // A target of `.`, the root, says that there's decidedly no such service.
  const real = records.filter(({ name, port }) => name !== '' && name !== '.' && port > 0);
  const first = Math.min(...real.map(({ priority }) => priority));
  return real
    .filter(({ priority }) => priority === first)
    .map(({ name, port, weight }) => ({ name, port, weight: weight === 0 ? SMALL : weight }));
}
