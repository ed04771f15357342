import type { UpstreamModel, ServerModel } from '../config/model.ts';
import type { TimerWheel } from '../wire/timer-wheel.ts';
import { ServerPool } from './server-pool.ts';

/** One server of an upstream at run time. */
export interface UpstreamServer {
  readonly pool: ServerPool;
  /** Put before the forwarded path; '' for none. */
  readonly basePath: string;
  /** `host[:port]` as a Host field names it, without the scheme's default port. */
  readonly authority: string;
  /** `scheme://authority`. */
  readonly origin: string;
}

/** A named set of servers. Requests go round; a server that refuses is passed over by whoever sends. */
export class Upstream {
  readonly model: UpstreamModel;
  readonly servers: readonly UpstreamServer[];
  private turn = 0;

  constructor(model: UpstreamModel, wheel: TimerWheel) {
    this.model = model;
    this.servers = model.servers.map((server) => toServer(server, model, wheel));
  }

  /** The server whose turn it is. */
  pick(): UpstreamServer {
    const { servers } = this;
    if (servers.length > 1) this.turn = (this.turn + 1) % servers.length;
    return servers[this.turn] as UpstreamServer;
  }

  close(): void {
    for (const server of this.servers) server.pool.close();
  }

  /** Ends what is under way, for this reason. */
  cut(reason: string): void {
    for (const server of this.servers) server.pool.cut(reason);
  }

  destroy(): void {
    for (const server of this.servers) server.pool.destroy();
  }
}

function toServer(server: ServerModel, model: UpstreamModel, wheel: TimerWheel): UpstreamServer {
  const { tls, maxIdle, idleTimeout } = model;
  const pool = new ServerPool({ ...server, ...tls }, { maxIdle, idleTimeout }, wheel);
  const defaultPort = server.protocol === 'https' ? 443 : 80;
  const host = server.host.includes(':') ? `[${server.host}]` : server.host;
  const authority = server.port === defaultPort ? host : `${host}:${server.port}`;
  return {
    pool,
    basePath: server.basePath,
    authority,
    origin: `${server.protocol}://${authority}`,
  };
}
