import type { Socket } from 'node:net';
import { renderText, type Diagnostic } from '../diagnostics/index.ts';
import { resolveConfig, type Config, type Model } from '../config/index.ts';
import type { AccessRecord } from '../observe/access-log.ts';
import type { MetricFamily } from '../observe/metrics/families.ts';
import { eventLine } from '../observe/event-line.ts';
import { LineWriter, type LineTarget } from '../observe/line-writer.ts';
import { Traces } from '../observe/traces/traces.ts';
import { formatUpstreamEvent } from '../observe/upstream-event.ts';
import type { UpstreamEvent } from '../upstream/events.ts';
import type { Exchange } from '../wire/exchange.ts';
import { TimerWheel } from '../wire/timer-wheel.ts';
import { AdminPlace } from './admin-place.ts';
import type { ReloadOutcome } from './admin.ts';
import { ConnectionTally } from './connection-tally.ts';
import { Generation } from './generation.ts';
import { GatewayMetrics } from './gateway-metrics.ts';
import { allListening, type GatewayAddress } from './listen.ts';
import { Listener, type IdleClients, type ListenerHooks } from './listener.ts';
import type { FindingOptions } from './live-findings.ts';

/** What a program that embeds the gateway may set beside the configuration. */
export interface GatewayOptions {
  /** Where relative paths of a config object begin. Default: the working directory. */
  readonly baseDir?: string;
  /** Where log lines go. Default: standard output. */
  readonly log?: LineTarget;
  /** Called with each exchange's record when it's over, also with the log off. What it throws is logged. Default: nothing. */
  readonly onExchange?: (record: AccessRecord) => void;
  /** With `explain: true`: what findings in the log say about the config. Default: its keys. */
  readonly findings?: FindingOptions;
  /** Reads the config again, for whoever asks at the admin address. Default: nobody may. */
  readonly reload?: () => Promise<ReloadOutcome>;
}

/** A configuration that is wrong; `diagnostics` say everything that is. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(`The configuration is wrong.\n${renderText(diagnostics)}`);
    this.diagnostics = diagnostics;
  }
}

/** What a generation begins with, beside its model. */
interface GenerationOptions {
  readonly findings?: FindingOptions;
  readonly previous?: Generation;
}

/** How a gateway ends; see `Gateway.close`. */
export interface CloseOptions {
  readonly delay?: number;
  readonly deadline?: number;
  readonly idle?: IdleClients;
}

/** How one configuration takes the place of another. */
export interface ReloadOptions extends Pick<GatewayOptions, 'baseDir' | 'findings'> {}

/**
 * A gateway: `listen` starts it, `reload` gives it another configuration, `close` ends it. Make one with `createGateway`.
 */
export class Gateway {
  private readonly options: GatewayOptions;
  private readonly wheel = new TimerWheel();
  private readonly tally: ConnectionTally;
  private readonly writer: LineWriter;
  private readonly hooks: ListenerHooks;
  private readonly metrics: GatewayMetrics;
  private readonly admin: AdminPlace;
  private traces: Traces | undefined = undefined;
  private generation: Generation;
  private listeners: Listener[];
  /** Listeners that a reload took away, while they have connections. */
  private readonly leaving = new Set<Listener>();
  private started = false;
  private listening = false;
  private leavingService = false;
  private draining = false;
  private lastReload: Promise<unknown> = Promise.resolve();

  constructor(model: Model, options: GatewayOptions) {
    this.options = options;
    this.writer = new LineWriter(options.log ?? process.stdout);
    this.metrics = new GatewayMetrics(
      () => this.connections,
      () => this.generation.router.upstreams.all,
    );
    this.admin = new AdminPlace(
      { ready: () => this.ready, metrics: () => Promise.resolve(this.snapshot()), reload: options.reload },
      this.wheel,
    );
    this.traces = this.tracesOf(model);
    // Whether that works is `listen`'s to tell.
    this.traces?.open().catch(() => {});
    this.generation = this.generationOf(model, this.traces, {});
    this.tally = new ConnectionTally(model);
    this.hooks = {
      wheel: this.wheel,
      draining: () => this.draining,
      handle: (exchange: Exchange): void => {
        const { generation } = this;
        generation.begin(exchange);
        generation.router.dispatch(exchange);
      },
      refuse: (exchange, problem, reason): void => {
        const { generation } = this;
        generation.begin(exchange);
        const detail = problem === 'too-many-connections' ? reason : `The request has ${reason}.`;
        generation.router.refuse(exchange, problem, detail);
      },
    };
    this.listeners = model.listeners.map((listener) => new Listener(listener, model, this.hooks, this.tally));
  }

  /** The configuration in force. */
  get model(): Model {
    return this.generation.model;
  }

  /** Begins what goes on beside requests: health checks, questions to DNS. `listen` and `accept` do it by themselves. */
  start(): void {
    if (this.started) return;
    this.started = true;
    this.generation.router.upstreams.start();
  }

  /**
   * Starts to listen on every configured address.
   * @throws the system's error (EADDRINUSE, EACCES, …) if one can't be listened on, `TracesUnavailable` if the config asks
   *   for traces and OpenTelemetry's packages aren't installed; none is then left open.
   */
  async listen(): Promise<readonly GatewayAddress[]> {
    this.start();
    try {
      await this.traces?.open();
      const addresses = await allListening(this.listeners.map((listener) => listener.listen()));
      (await this.admin.prepare(this.model))(true);
      this.listening = true;
      return addresses;
    } catch (error) {
      await this.close({ delay: 0, deadline: 0 });
      throw error;
    }
  }

  /**
   * Puts another configuration in the place of the one in force, as a whole: requests that begin from now on are answered
   * by the new one, those under way (WebSockets and event streams too) by the old one to their end, or until
   * `reload.deadline` is over. Addresses that both listen on stay open all the time. Reloads are done one after the other.
   * @returns the addresses now listened on; none if `listen` was never called.
   * @throws ConfigError if the new configuration is wrong, or the system's error if it names an address that can't be
   *   listened on. Nothing has changed then.
   */
  reload(config: Config | Model, options: ReloadOptions = {}): Promise<readonly GatewayAddress[]> {
    const done = this.lastReload.then(() => this.replace(modelOf(config, options.baseDir), options.findings));
    this.lastReload = done.catch(() => {});
    return done;
  }

  /**
   * Serves a connection that somebody else accepted, instead of `listen` or beside it. Its socket must be half-open
   * (`allowHalfOpen`), and is not counted against `limits.connections`: whoever accepts also counts.
   * @param options.listener index of the address in `listen` that it came through. Default: 0.
   * @param options.beyondLimit whether it's one too many, and answered with 503. Default: false.
   * @returns the socket that it has from now on; one that no server of this process made is replaced, to be read faster.
   * @throws RangeError if there is no such listener.
   */
  accept(socket: Socket, options: { readonly listener?: number; readonly beyondLimit?: boolean } = {}): Socket {
    const { listener = 0, beyondLimit = false } = options;
    const target = this.listeners[listener];
    if (target === undefined) throw new RangeError(`There is no listener ${listener}.`);
    this.start();
    return target.adopt(socket, beyondLimit ? 'beyond' : 'within');
  }

  /** Where the admin address is, if there is one. */
  get adminAddress(): GatewayAddress | undefined {
    return this.admin.address;
  }

  /**
   * What has been counted since the gateway began; of exchanges only with `admin` in the config.
   * @param process which one this is, where there are several. Default: the only one.
   */
  snapshot(process?: string): readonly MetricFamily[] {
    return this.metrics.families(process === undefined ? {} : { process });
  }

  /** Connections open at the moment: clients', and those to the upstreams of the configuration in force. */
  get connections(): { readonly clients: number; readonly upstreams: number } {
    let clients = 0;
    for (const listener of [...this.listeners, ...this.leaving]) clients += listener.size;
    const { router } = this.generation;
    let upstreams = router.guardServers.connections;
    for (const { servers } of router.upstreams.all) for (const { pool } of servers) upstreams += pool.size;
    return { clients, upstreams };
  }

  /** Whether requests are welcome: false before `listen` is done, and from the moment on that `close` is called. */
  get ready(): boolean {
    return this.listening && !this.leavingService;
  }

  /**
   * Stops: is no longer ready, and a while later accepts no more connections, lets exchanges under way come to their end,
   * then resolves.
   * @param options.delay milliseconds of that while, for a load balancer to notice. Default: the config's `shutdown.delay`,
   *   0 if it doesn't say.
   * @param options.deadline milliseconds after which what is still open is cut; Infinity: never. Default: the config's
   *   `shutdown.deadline`, 10000 if it doesn't say.
   * @param options.idle what becomes of connections without a request under way: they're closed at once, or may ask once
   *   more (`serve`), which a client that is just about to won't notice. Default: `close`.
   */
  async close(options: CloseOptions = {}): Promise<void> {
    const { delay = this.model.shutdown.delay, deadline = this.model.shutdown.deadline, idle = 'close' } = options;
    this.leavingService = true;
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    this.draining = true;
    await this.lastReload;
    const { router } = this.generation;
    const listeners = [...this.listeners, ...this.leaving];
    const closed = Promise.all(listeners.map((listener) => listener.close(idle)));
    router.close();
    const cut = (): void => {
      for (const listener of listeners) listener.destroy();
      router.destroy();
    };
    const timer = deadline === Number.POSITIVE_INFINITY ? undefined : setTimeout(cut, deadline);
    await closed;
    clearTimeout(timer);
    router.destroy();
    await this.admin.close();
    await this.traces?.close();
    this.metrics.close();
    this.writer.flush();
  }

  private generationOf(model: Model, traces: Traces | undefined, more: GenerationOptions): Generation {
    const { wheel, options, metrics } = this;
    const parts = {
      wheel,
      log: (line: string): void => this.writer.write(line),
      onExchange: options.onExchange,
      metrics: model.admin === undefined ? undefined : metrics.exchanges,
      tracer: traces?.tracer,
      findings: more.findings ?? options.findings,
      onUpstream: (event: UpstreamEvent): void => this.writer.write(formatUpstreamEvent(event, this.model.log)),
    };
    return new Generation(model, parts, more.previous);
  }

  /** Those there are, if this configuration wants the same. Others send what they have, and are forgotten. */
  private tracesOf({ traces, log }: Model): Traces | undefined {
    if (JSON.stringify(traces) === JSON.stringify(this.traces?.model)) return this.traces;
    if (traces === undefined) return undefined;
    return new Traces(traces, (reason) => this.writer.write(eventLine('error', `traces not sent: ${reason}`, log)));
  }

  private async replace(model: Model, findings: FindingOptions | undefined): Promise<readonly GatewayAddress[]> {
    if (this.leavingService) throw new Error('The gateway is closing.');
    const old = this.generation;
    const traces = this.tracesOf(model);
    await traces?.open();
    const next = this.generationOf(model, traces, { ...(findings === undefined ? {} : { findings }), previous: old });
    const spare = [...this.listeners];
    const listeners = model.listeners.map((wanted) => {
      const at = spare.findIndex((listener) => listener.isAt(wanted));
      return at < 0 ? new Listener(wanted, model, this.hooks, this.tally) : (spare.splice(at, 1)[0] as Listener);
    });
    const added = listeners.filter((listener) => !this.listeners.includes(listener));
    let takeAdmin: (take: boolean) => void = () => {};
    if (this.listening) {
      try {
        await allListening(added.map((listener) => listener.listen()));
        takeAdmin = await this.admin.prepare(model);
      } catch (error) {
        for (const listener of added) void listener.close('close');
        for (const upstream of next.router.upstreams.without(old.router.upstreams)) upstream.destroy();
        throw error;
      }
    }
    takeAdmin(true);
    this.traces = traces;
    this.generation = next;
    if (this.started) next.router.upstreams.start();
    this.listeners = listeners;
    this.tally.update(model);
    for (const listener of listeners) listener.update(model);
    for (const listener of spare) this.dismiss(listener, model.reload.deadline);
    old.retire(next, model.reload.deadline);
    return listeners.flatMap(({ address }) => (address === undefined ? [] : [address]));
  }

  /** Nobody listens there any more; connections that came through it may end in peace. */
  private dismiss(listener: Listener, deadline: number): void {
    this.leaving.add(listener);
    const timer = deadline > 0 ? setTimeout(() => listener.destroy(), deadline) : undefined;
    void listener.close('serve').then(() => {
      clearTimeout(timer);
      this.leaving.delete(listener);
    });
  }
}

/**
 * Makes a gateway of a configuration: the object that `defineConfig` types, or a model that `loadConfig` returned. It
 * lives in this process alone, whatever `workers` says: that is for `oneorigin serve`.
 * @throws ConfigError if the configuration is wrong, with everything that is.
 */
export function createGateway(config: Config | Model, options: GatewayOptions = {}): Gateway {
  return new Gateway(modelOf(config, options.baseDir), options);
}

/** @throws ConfigError */
function modelOf(config: Config | Model, baseDir: string | undefined): Model {
  if (isModel(config)) return config;
  const result = resolveConfig(config, baseDir === undefined ? {} : { baseDir });
  if ('problems' in result) throw new ConfigError(result.problems);
  return result.model;
}

function isModel(config: Config | Model): config is Model {
  return 'table' in config && 'listeners' in config;
}
