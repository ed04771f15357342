import type { ServerModel, UpstreamModel } from '../config/model.ts';
import { Deadline, type TimerWheel } from '../wire/timer-wheel.ts';
import type { UpstreamEvent } from './events.ts';
import { HealthCheck } from './health-check.ts';
import { UpstreamServer } from './upstream-server.ts';

/** What a roster tells. */
export interface RosterHooks {
  /** Servers came, went, or changed between getting requests and getting none. */
  readonly changed: () => void;
  /** A server has a request less under way. */
  readonly freed: () => void;
  readonly report: (event: UpstreamEvent['event'], reason: string, server?: UpstreamServer) => void;
}

/** The servers of an upstream, and which of them get requests: neither down by their health checks nor left out for failing. */
export class Roster {
  private readonly model: UpstreamModel;
  private readonly wheel: TimerWheel;
  private readonly hooks: RosterHooks;
  private readonly checks = new Map<UpstreamServer, HealthCheck>();
  /** When those come back that are left out. */
  private readonly returns = new Map<UpstreamServer, Deadline>();
  private started = false;
  /** All there are. */
  servers: readonly UpstreamServer[] = [];
  /** Those that get requests. */
  live: readonly UpstreamServer[] = [];
  /** Those that are left out for failing: still better than none, for a request that the others have failed. */
  spare: readonly UpstreamServer[] = [];

  constructor(model: UpstreamModel, wheel: TimerWheel, hooks: RosterHooks) {
    this.model = model;
    this.wheel = wheel;
    this.hooks = hooks;
  }

  /** Begins to check the servers' health. */
  start(): void {
    this.started = true;
    for (const check of this.checks.values()) check.start();
  }

  /** Makes these the servers. Those that were there already go on as they are; those that go end what is under way. */
  set(servers: readonly UpstreamServer[]): void {
    const gone = this.servers.filter((server) => !servers.includes(server));
    for (const server of gone) this.drop(server);
    for (const server of servers) if (!this.servers.includes(server)) this.add(server);
    this.servers = servers;
    this.review();
  }

  /** The server at that place of the config, made now. */
  make(server: ServerModel, found?: ConstructorParameters<typeof UpstreamServer>[3]): UpstreamServer {
    return new UpstreamServer(server, this.model, this.wheel, found);
  }

  /** A request was answered to its end. */
  succeeded(server: UpstreamServer): void {
    const { ejection } = server;
    if (ejection === undefined) return;
    if (ejection.out) this.giveBack(server, 'it answered, when no other one did');
    ejection.succeeded();
  }

  /** A request came to nothing, or to a status that is a failure. */
  failed(server: UpstreamServer): void {
    const { ejection } = server;
    // DNS may list it no more.
    if (ejection === undefined || ejection.out || !this.servers.includes(server)) return;
    const reason = ejection.failed();
    // The last one stays: a server that fails some requests is better than none.
    if (reason === '' || !this.live.some((other) => other !== server)) return;
    const duration = ejection.begin();
    const deadline = new Deadline(() => this.giveBack(server, 'its time is over'));
    this.returns.set(server, deadline);
    this.wheel.arm(deadline, duration);
    this.hooks.report('server-ejected', `${reason}; it gets none for ${duration / 1000} s`, server);
    this.review();
  }

  close(): void {
    for (const check of this.checks.values()) check.stop();
    for (const deadline of this.returns.values()) this.wheel.remove(deadline);
    for (const server of this.servers) server.pool.close();
  }

  destroy(): void {
    this.close();
    for (const server of this.servers) server.pool.destroy();
  }

  private add(server: UpstreamServer): void {
    server.pool.freed = this.hooks.freed;
    // At the start all are new alike.
    if (this.started) server.begin();
    const { healthCheck } = this.model.balancing;
    if (healthCheck === undefined) return;
    const check = new HealthCheck(server, healthCheck, this.wheel, (up, reason) => this.checked(server, up, reason));
    this.checks.set(server, check);
    if (this.started) check.start();
  }

  private drop(server: UpstreamServer): void {
    this.checks.get(server)?.stop();
    this.checks.delete(server);
    const deadline = this.returns.get(server);
    if (deadline !== undefined) this.wheel.remove(deadline);
    this.returns.delete(server);
    server.pool.close();
  }

  private checked(server: UpstreamServer, up: boolean, reason: string): void {
    server.down = !up;
    if (up) server.begin();
    this.hooks.report(up ? 'server-up' : 'server-down', `health check: ${reason}`, server);
    this.review();
  }

  private giveBack(server: UpstreamServer, reason: string): void {
    const deadline = this.returns.get(server);
    if (deadline !== undefined) this.wheel.remove(deadline);
    this.returns.delete(server);
    server.ejection?.end();
    server.begin();
    this.hooks.report('server-returned', reason, server);
    this.review();
  }

  /** Finds out anew who gets requests. */
  private review(): void {
    const up = this.servers.filter(({ down }) => !down);
    const well = up.filter(({ ejection }) => ejection?.out !== true);
    // Where health checks have taken the others out, those that fail some requests are the best there are.
    this.live = well.length > 0 ? well : up;
    this.spare = up.filter((server) => !this.live.includes(server));
    this.hooks.changed();
  }
}
