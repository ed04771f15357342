import { isIP } from 'node:net';
import type { ResolveModel } from '../config/balancing-model.ts';
import type { ServerModel } from '../config/model.ts';
import { Deadline, type TimerWheel } from '../wire/timer-wheel.ts';
import { DnsServers } from './dns-servers.ts';
import { FAILURE_TTL, failedReply, type NameFailure, type NameReply, type NameSource } from './name-source.ts';
import { ServiceNames, type ServicePlace } from './service-names.ts';
import { systemNames } from './system-names.ts';
import type { Found } from './upstream-server.ts';

/** Milliseconds in which a DNS server that is there answers. */
const TIMEOUT = 5000;

/** Questions come later by up to so much of their interval, so that not all processes ask at once. */
const JITTER = 0.1;

/** What is found out about a name. */
export interface NameHooks {
  /** All there are at the moment; none, if DNS says that there are none. */
  readonly found: (servers: readonly Found[]) => void;
  /** DNS couldn't say. What was found before may still hold. */
  readonly failed: (failure: NameFailure) => void;
}

/** Asks for the servers behind one name, and again when the answer has grown old. */
export class NameWatch {
  private readonly server: ServerModel;
  private readonly model: ResolveModel;
  private readonly wheel: TimerWheel;
  private readonly hooks: NameHooks;
  private readonly source: NameSource;
  private readonly services: ServiceNames | undefined;
  private readonly next = new Deadline(() => this.ask());
  private stopped = false;

  constructor(server: ServerModel, model: ResolveModel, wheel: TimerWheel, hooks: NameHooks) {
    this.server = server;
    this.model = model;
    this.wheel = wheel;
    this.hooks = hooks;
    this.source = model.servers.length > 0 ? new DnsServers(model.servers, TIMEOUT) : systemNames;
    this.services = server.kind === 'srv' ? new ServiceNames(model.servers, TIMEOUT) : undefined;
  }

  /** Whether a server is one, or as many as its name has addresses. */
  static isNeeded({ kind, host }: ServerModel): boolean {
    return kind === 'srv' || (kind === 'address' && isIP(host) === 0);
  }

  start(): void {
    this.ask();
  }

  stop(): void {
    this.stopped = true;
    this.wheel.remove(this.next);
    this.source.close();
    this.services?.close();
  }

  private ask(): void {
    const { host, port, weight } = this.server;
    if (this.services === undefined) return this.askFor([{ name: host, port, weight }], host);
    // What the name is of that the service is listed under: without `_http._tcp.`
    const domain = host.split('.').slice(2).join('.');
    this.services.ask(host, (places, error) => {
      if (error !== null) return this.tell([], failedReply(error));
      if (places.length === 0) return this.tell([], { failure: 'no-address', ttl: this.model.every });
      this.askFor(
        places.map((place) => ({ ...place, weight: place.weight * weight })),
        domain,
      );
    });
  }

  /** Asks for the addresses of all places. @param name what the servers there are called */
  private askFor(places: readonly ServicePlace[], name: string): void {
    const replies: NameReply[] = [];
    for (const [index, place] of places.entries()) {
      this.source.ask(place.name, (reply) => {
        replies[index] = reply;
        if (Object.keys(replies).length < places.length) return;
        const found = places.flatMap(({ port, weight }, i) =>
          (replies[i]?.addresses ?? []).map((address) => ({ address, port, name, weight })),
        );
        this.tell(found, worst(replies));
      });
    }
  }

  private tell(found: readonly Found[], { failure, ttl }: Pick<NameReply, 'failure' | 'ttl'>): void {
    if (this.stopped) return;
    const delay = Math.min(this.model.every, found.length > 0 ? ttl : Math.max(ttl, FAILURE_TTL));
    this.wheel.arm(this.next, delay * (1 + JITTER * Math.random()));
    const isKnown = failure === undefined || failure === 'not-found' || failure === 'no-address';
    if (found.length > 0 || isKnown) this.hooks.found(found);
    else this.hooks.failed(failure);
  }
}

/** How long all replies hold, and the failure that says least if there is one. */
function worst(replies: readonly NameReply[]): Pick<NameReply, 'failure' | 'ttl'> {
  const failures = new Set(replies.map(({ failure }) => failure));
  const failure = (['failed', 'timeout', 'too-many', 'not-found', 'no-address'] as const).find((one) =>
    failures.has(one),
  );
  return { failure, ttl: Math.min(...replies.map(({ ttl }) => ttl)) };
}
