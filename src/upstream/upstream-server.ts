import type { EjectModel } from '../config/balancing-model.ts';
import type { ServerModel, UpstreamModel } from '../config/model.ts';
import type { ClientTarget } from '../wire/http1/client-connection.ts';
import type { TimerWheel } from '../wire/timer-wheel.ts';
import { Ejection } from './ejection.ts';
import { ServerPool } from './server-pool.ts';
import { WarmUp } from './warm-up.ts';

/** Where a server was found that the config names only by its name. */
export interface Found {
  readonly address: string;
  readonly port: number;
  /** What it's called in `Host` and in its certificate. */
  readonly name: string;
  readonly weight: number;
}

/** One server of an upstream at run time. */
export class UpstreamServer {
  readonly pool: ServerPool;
  /** Put before the forwarded path; '' for none. */
  readonly basePath: string;
  /** `host[:port]` as a Host field names it, without the scheme's default port. */
  readonly authority: string;
  /** `scheme://authority`. */
  readonly origin: string;
  /** What tells it from all other servers, in every process and after every start. */
  readonly key: string;
  /** How its requests end, if that decides whether it gets more. */
  readonly ejection: Ejection | undefined;
  /** Health checks fail. */
  down = false;
  private fullWeight: number;
  private readonly warmUp: WarmUp;

  /** @param found where it is, if DNS said so */
  constructor(server: ServerModel, model: UpstreamModel, wheel: TimerWheel, found?: Found) {
    const { maxIdle, idleTimeout, balancing } = model;
    this.pool = new ServerPool(targetOf(server, model, found), { maxIdle, idleTimeout }, wheel);
    this.basePath = server.basePath;
    this.authority = authorityOf(server.protocol, found?.name ?? server.host, found?.port ?? server.port);
    this.origin = `${server.protocol}://${this.authority}`;
    this.key = `${server.protocol}://${this.pool.label}${server.basePath}`;
    this.fullWeight = found?.weight ?? server.weight;
    this.ejection = ejectionOf(balancing.eject);
    this.warmUp = new WarmUp(balancing.slowStart);
  }

  /** Its share of the requests in relation to the others': above 0, less than configured while it warms up. */
  get weight(): number {
    return this.fullWeight * this.warmUp.share;
  }

  /** Requests under way. */
  get busy(): number {
    return this.pool.busy;
  }

  /** DNS says something else of its share. */
  reweigh(weight: number): void {
    this.fullWeight = weight;
  }

  /** It has just come (back). */
  begin(): void {
    this.warmUp.begin();
  }
}

function ejectionOf(model: EjectModel | undefined): Ejection | undefined {
  return model === undefined ? undefined : new Ejection(model);
}

function targetOf(server: ServerModel, { tls }: UpstreamModel, found: Found | undefined): ClientTarget {
  const { protocol, socketPath } = server;
  if (found === undefined) return { protocol, host: server.host, port: server.port, socketPath, ...tls };
  const serverName = tls.serverName ?? found.name;
  return { protocol, host: found.address, port: found.port, socketPath, ...tls, serverName };
}

function authorityOf(protocol: 'http' | 'https', name: string, port: number): string {
  const host = name.includes(':') ? `[${name}]` : name;
  return port === (protocol === 'https' ? 443 : 80) ? host : `${host}:${port}`;
}
