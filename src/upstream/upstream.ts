import type { UpstreamModel } from '../config/model.ts';
import type { TimerWheel } from '../wire/timer-wheel.ts';
import { Balancer } from './balancer.ts';
import type { UpstreamListener } from './events.ts';
import { UpstreamServer } from './upstream-server.ts';

/**
 * A named set of servers. One of the two is there: the only server of an upstream that has nothing to choose and nothing
 * to watch over, so that asking it costs nothing more; or what chooses and watches.
 */
export class Upstream {
  readonly model: UpstreamModel;
  readonly only: UpstreamServer | undefined;
  readonly balancer: Balancer | undefined;
  private started = false;

  /** @param listener is told what becomes of servers and upstream */
  constructor(model: UpstreamModel, wheel: TimerWheel, listener: UpstreamListener = () => {}) {
    this.model = model;
    const [server] = model.servers;
    if (server !== undefined && isPlain(model)) this.only = new UpstreamServer(server, model, wheel);
    else this.balancer = new Balancer(model, wheel, listener);
  }

  /** All its servers at the moment. */
  get servers(): readonly UpstreamServer[] {
    return this.only === undefined ? (this.balancer?.roster.servers ?? []) : [this.only];
  }

  /** Begins what goes on beside requests: health checks, questions to DNS. Harmless when called again. */
  start(): void {
    if (this.started) return;
    this.started = true;
    this.balancer?.start();
  }

  /** Ends that; idle connections are closed, the others when they're done. */
  close(): void {
    this.only?.pool.close();
    this.balancer?.close();
  }

  /** Ends what is under way, for this reason. */
  cut(reason: string): void {
    this.balancer?.line?.dissolve();
    for (const server of this.servers) server.pool.cut(reason);
  }

  /** Closes every connection at once. */
  destroy(): void {
    this.only?.pool.destroy();
    this.balancer?.destroy();
  }
}

/** Whether there is nothing to do for a request but to send it. */
function isPlain({ servers, balancing }: UpstreamModel): boolean {
  const { sticky, healthCheck, breaker, maxRequests, resolve, retries } = balancing;
  if (servers.length !== 1 || sticky !== undefined || healthCheck !== undefined || breaker !== undefined) return false;
  return maxRequests === 0 && resolve === undefined && retries.attempts === 0;
}
