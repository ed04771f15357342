import type { Socket } from 'node:net';
import { renderText, type Diagnostic } from '../diagnostics/index.ts';
import { resolveConfig, type Config, type Model } from '../config/index.ts';
import {
  accessRecord,
  formatJson,
  formatText,
  formatTextWithFinding,
  type AccessRecord,
} from '../observe/access-log.ts';
import { LineWriter, type LineTarget } from '../observe/line-writer.ts';
import type { Exchange } from '../wire/exchange.ts';
import { TimerWheel } from '../wire/timer-wheel.ts';
import { createIdentify } from './identity.ts';
import { ConnectionTally } from './connection-tally.ts';
import { allListening, type GatewayAddress } from './listen.ts';
import { Listener } from './listener.ts';
import { LiveFindings, type FindingOptions } from './live-findings.ts';
import { Router } from './router.ts';

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

/**
 * A gateway: `listen` starts it, `close` ends it. Make one with `createGateway`.
 */
export class Gateway {
  readonly model: Model;
  private readonly options: GatewayOptions;
  private readonly wheel = new TimerWheel();
  private readonly router: Router;
  private readonly listeners: Listener[];
  private readonly writer: LineWriter;
  private readonly findings: LiveFindings | undefined;
  private readonly format: (record: AccessRecord) => string;
  private draining = false;

  constructor(model: Model, options: GatewayOptions) {
    this.model = model;
    this.options = options;
    this.writer = new LineWriter(options.log ?? process.stdout);
    this.findings = model.explain ? new LiveFindings(model, options.findings) : undefined;
    const text = this.findings === undefined ? formatText : formatTextWithFinding;
    this.format = model.log.format === 'json' ? formatJson : text;
    this.router = new Router(model, this.wheel, this.findings && [this.findings.filter]);
    const identify = createIdentify(model.trustedProxies);
    const onFinish = this.observer();
    const onError = (exchange: Exchange, error: unknown): void => this.reportFailure(exchange, error);
    const begin = (exchange: Exchange): void => {
      identify(exchange);
      exchange.onFinish = onFinish;
      exchange.onError = onError;
    };
    const tally = new ConnectionTally(model);
    const hooks = {
      wheel: this.wheel,
      draining: () => this.draining,
      handle: (exchange: Exchange): void => {
        begin(exchange);
        this.router.dispatch(exchange);
      },
      refuse: (exchange: Exchange, problem: Parameters<Router['refuse']>[1], reason: string): void => {
        begin(exchange);
        const detail = problem === 'too-many-connections' ? reason : `The request has ${reason}.`;
        this.router.refuse(exchange, problem, detail);
      },
    };
    this.listeners = model.listeners.map((listener) => new Listener(listener, model, hooks, tally));
  }

  /**
   * Starts to listen on every configured address.
   * @throws the system's error (EADDRINUSE, EACCES, …) if one can't be listened on; none is then left open.
   */
  async listen(): Promise<readonly GatewayAddress[]> {
    try {
      return await allListening(this.listeners.map((listener) => listener.listen()));
    } catch (error) {
      await this.close({ deadline: 0 });
      throw error;
    }
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
    return target.adopt(socket, beyondLimit ? 'beyond' : 'within');
  }

  /** Connections open at the moment: clients', and those to upstreams. */
  get connections(): { readonly clients: number; readonly upstreams: number } {
    const clients = this.listeners.reduce((sum, listener) => sum + listener.size, 0);
    return { clients, upstreams: this.router.upstreamConnections };
  }

  /**
   * Stops: accepts no more connections, lets exchanges under way come to their end, then resolves.
   * @param options.deadline milliseconds after which what is still open is cut. Default: 10000.
   */
  async close(options: { readonly deadline?: number } = {}): Promise<void> {
    this.draining = true;
    const closed = Promise.all(this.listeners.map((listener) => listener.close()));
    this.router.close();
    const timer = setTimeout(() => {
      for (const listener of this.listeners) listener.destroy();
      this.router.destroy();
    }, options.deadline ?? 10_000);
    await closed;
    clearTimeout(timer);
    this.router.destroy();
    this.writer.flush();
  }

  private observer(): (exchange: Exchange) => void {
    const { onExchange } = this.options;
    const { findings } = this;
    const recordOf = findings === undefined ? accessRecord : (exchange: Exchange) => findings.record(exchange);
    const logging = this.model.log.access === 'on';
    if (!logging && onExchange === undefined) return () => {};
    return (exchange) => {
      const record = recordOf(exchange);
      if (logging) this.writer.write(this.format(record));
      try {
        onExchange?.(record);
      } catch (error) {
        // It's called from deep within the wire, where a throw would end the process.
        this.reportFailure(exchange, error);
      }
    };
  }

  private reportFailure(exchange: Exchange, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.writer.write(
      this.model.log.format === 'json'
        ? JSON.stringify({ level: 'error', id: exchange.id, error: text })
        : `error id=${exchange.id} ${text}`,
    );
  }
}

/**
 * Makes a gateway of a configuration: the object that `defineConfig` types, or a model that `loadConfig` returned. It
 * lives in this process alone, whatever `workers` says: that is for `oneorigin serve`.
 * @throws ConfigError if the configuration is wrong, with everything that is.
 */
export function createGateway(config: Config | Model, options: GatewayOptions = {}): Gateway {
  if (isModel(config)) return new Gateway(config, options);
  const result = resolveConfig(config, options.baseDir === undefined ? {} : { baseDir: options.baseDir });
  if ('problems' in result) throw new ConfigError(result.problems);
  return new Gateway(result.model, options);
}

function isModel(config: Config | Model): config is Model {
  return 'table' in config && 'listeners' in config;
}
