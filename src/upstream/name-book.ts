import type { ResolveModel } from '../config/balancing-model.ts';
import type { ServerModel, UpstreamModel } from '../config/model.ts';
import type { TimerWheel } from '../wire/timer-wheel.ts';
import { NameWatch } from './name-watch.ts';
import type { Roster } from './roster.ts';
import type { Found, UpstreamServer } from './upstream-server.ts';

/** One line of an upstream's config, and the servers that it stands for at the moment. */
interface Entry {
  readonly server: ServerModel;
  readonly watch: NameWatch | undefined;
  servers: readonly UpstreamServer[];
  /** DNS has been asked, with whatever result. */
  known: boolean;
  failing: boolean;
}

/** Keeps an upstream's servers what DNS says they are. */
export class NameBook {
  private readonly roster: Roster;
  private readonly report: (event: 'servers-changed' | 'resolve-failed', reason: string) => void;
  private readonly entries: readonly Entry[];

  constructor(
    model: UpstreamModel,
    resolve: ResolveModel,
    parts: {
      readonly roster: Roster;
      readonly wheel: TimerWheel;
      readonly report: (event: 'servers-changed' | 'resolve-failed', reason: string) => void;
    },
  ) {
    this.roster = parts.roster;
    this.report = parts.report;
    this.entries = model.servers.map((server) => this.enter(server, resolve, parts.wheel));
    this.publish();
  }

  /** Whether some name hasn't been asked for yet: who finds no server may wait for that. */
  get settled(): boolean {
    return this.entries.every(({ known }) => known);
  }

  start(): void {
    for (const { watch } of this.entries) watch?.start();
  }

  stop(): void {
    for (const { watch } of this.entries) watch?.stop();
  }

  private enter(server: ServerModel, resolve: ResolveModel, wheel: TimerWheel): Entry {
    const hooks = {
      found: (found: readonly Found[]): void => this.found(entry, found),
      failed: (failure: string): void => this.failed(entry, failure),
    };
    const watch = NameWatch.isNeeded(server) ? new NameWatch(server, resolve, wheel, hooks) : undefined;
    const servers = watch === undefined ? [this.roster.make(server)] : [];
    const entry: Entry = { server, watch, servers, known: watch === undefined, failing: false };
    return entry;
  }

  private found(entry: Entry, found: readonly Found[]): void {
    const isFirst = !entry.known;
    const before = entry.servers;
    entry.known = true;
    entry.failing = false;
    // DNS servers turn the order round from answer to answer; turns taken in it would begin anew each time.
    entry.servers = found.map((one) => this.serverAt(entry.server, one)).sort((a, b) => (a.key < b.key ? -1 : 1));
    this.publish();
    if (isFirst ? found.length > 0 : isSame(before, entry.servers)) return;
    const labels = entry.servers.map(({ pool }) => pool.label).join(', ');
    this.report('servers-changed', `${entry.server.host} is ${labels === '' ? 'nowhere' : labels}`);
  }

  private failed(entry: Entry, failure: string): void {
    const isFirst = !entry.known;
    entry.known = true;
    if (!entry.failing) this.report('resolve-failed', `${entry.server.host}: ${failure}`);
    entry.failing = true;
    // Who waits for servers waits for nothing.
    if (isFirst) this.publish();
  }

  /** The server at that place, the same as before if it was known already. */
  private serverAt(server: ServerModel, found: Found): UpstreamServer {
    const made = this.roster.make(server, found);
    const known = this.roster.servers.find(({ key }) => key === made.key);
    if (known === undefined) return made;
    known.reweigh(found.weight);
    return known;
  }

  private publish(): void {
    const servers = this.entries.flatMap((entry) => entry.servers);
    const keys = servers.map(({ key }) => key);
    // Two names may lead to the same place.
    this.roster.set(servers.filter(({ key }, i) => keys.indexOf(key) === i));
  }
}

function isSame(before: readonly UpstreamServer[], after: readonly UpstreamServer[]): boolean {
  return before.length === after.length && before.every((server) => after.includes(server));
}
