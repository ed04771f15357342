import { GUARD_IDLE_TIMEOUT, GUARD_MAX_IDLE } from '../config/defaults.ts';
import type { GuardActionModel } from '../config/model.ts';
import { DnsServers } from '../upstream/dns-servers.ts';
import { NameResolver, RESOLVE_TIMEOUT } from '../upstream/name-resolver.ts';
import { systemNames } from '../upstream/system-names.ts';
import { VettedPools } from '../upstream/vetted-pools.ts';
import type { TimerWheel } from '../wire/timer-wheel.ts';

const LIMITS = { maxIdle: GUARD_MAX_IDLE, idleTimeout: GUARD_IDLE_TIMEOUT };

/** The third parties of all guarded routes: how their names are looked up, and the connections to them. */
export class GuardServers {
  private readonly wheel: TimerWheel;
  private readonly resolvers = new Map<string, NameResolver>();
  private readonly made = new Map<string, VettedPools>();

  constructor(wheel: TimerWheel) {
    this.wheel = wheel;
  }

  /** The same for all routes that reach servers in the same way. */
  of({ guard, tls, resolver }: GuardActionModel): VettedPools {
    const { allowPrivate, to } = guard;
    const { ca } = tls;
    // Where an API redirects to has a name of its own.
    const serverName =
      tls.serverName === undefined || to.kind === 'open' ? undefined : { host: to.target.host, name: tls.serverName };
    const key = JSON.stringify([resolver, allowPrivate, ca, serverName]);
    let pools = this.made.get(key);
    if (pools === undefined) {
      const names = this.resolverOf(resolver);
      pools = new VettedPools({ resolver: names, allowPrivate, ca, serverName, limits: LIMITS, wheel: this.wheel });
      this.made.set(key, pools);
    }
    return pools;
  }

  /** How many connections are open. */
  get connections(): number {
    let count = 0;
    for (const pools of this.made.values()) count += pools.connections;
    return count;
  }

  /** Idle connections are closed, the others when they're done. */
  close(): void {
    for (const pools of this.made.values()) pools.close();
  }

  destroy(): void {
    for (const pools of this.made.values()) pools.destroy();
    for (const resolver of this.resolvers.values()) resolver.close();
  }

  private resolverOf(servers: readonly string[] | undefined): NameResolver {
    const key = servers?.join(' ') ?? '';
    let resolver = this.resolvers.get(key);
    if (resolver === undefined) {
      resolver = new NameResolver(servers === undefined ? systemNames : new DnsServers(servers, RESOLVE_TIMEOUT));
      this.resolvers.set(key, resolver);
    }
    return resolver;
  }
}
