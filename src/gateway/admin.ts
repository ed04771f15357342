import { timingSafeEqual, createHash } from 'node:crypto';
import type { AdminModel, ListenerModel, Model } from '../config/model.ts';
import type { Diagnostic } from '../diagnostics/index.ts';
import { renderJson } from '../diagnostics/index.ts';
import type { MetricFamily } from '../observe/metrics/families.ts';
import { PROMETHEUS_TYPE, renderPrometheus } from '../observe/metrics/prometheus.ts';
import type { Exchange } from '../wire/exchange.ts';
import { Field, HeaderList } from '../wire/header-list.ts';
import { H } from '../wire/known-names.ts';
import { failExchange, replyProblem } from '../wire/problem.ts';
import type { TimerWheel } from '../wire/timer-wheel.ts';
import { ConnectionTally } from './connection-tally.ts';
import { createIdentify } from './identity.ts';
import type { GatewayAddress } from './listen.ts';
import { Listener } from './listener.ts';

/** How a reload ended. */
export type ReloadOutcome =
  | { readonly reloaded: true; readonly warnings: readonly Diagnostic[] }
  /** Nothing has changed. */
  | { readonly reloaded: false; readonly problems: readonly Diagnostic[] };

/** Whom the admin address tells about: one gateway, or a supervisor with its workers. */
export interface AdminSubject {
  readonly ready: () => boolean;
  readonly metrics: () => Promise<readonly MetricFamily[]>;
  /** Reads the config again; undefined where there is no file to read. */
  readonly reload: (() => Promise<ReloadOutcome>) | undefined;
}

/** Enough for whoever scrapes and probes; nobody else can come in. */
const CONNECTIONS = 64;

const ENDPOINTS: Readonly<Record<string, string>> = {
  '/healthz': 'GET, HEAD',
  '/readyz': 'GET, HEAD',
  '/metrics': 'GET, HEAD',
  '/reload': 'POST',
};

/** The admin address: an own listener, whose answers no policy, route or limit of the gateway concerns. */
export class Admin {
  private model: AdminModel;
  private readonly subject: AdminSubject;
  private readonly listener: Listener;

  constructor(model: AdminModel, whole: Model, subject: AdminSubject, wheel: TimerWheel) {
    this.model = model;
    this.subject = subject;
    const identify = createIdentify([]);
    const own = { ...whole, limits: { ...whole.limits, connections: CONNECTIONS, connectionsPerAddress: 0 } };
    const hooks = {
      wheel,
      draining: () => false,
      handle: (exchange: Exchange): void => {
        identify(exchange);
        this.answer(exchange).catch((error: unknown) => failExchange(exchange, error));
      },
      refuse: (exchange: Exchange, problem: Parameters<typeof replyProblem>[1], detail: string): void => {
        identify(exchange);
        replyProblem(exchange, problem, { detail });
      },
    };
    this.listener = new Listener(model.listener, own, hooks, new ConnectionTally(own));
  }

  /** @throws the system's error if the address can't be listened on. */
  listen(): Promise<GatewayAddress> {
    return this.listener.listen();
  }

  /** Where it listens, once it does. */
  get address(): GatewayAddress | undefined {
    return this.listener.address;
  }

  /** Whether another config's address is this one. */
  isAt(wanted: ListenerModel): boolean {
    return this.listener.isAt(wanted);
  }

  /** From now on asks for this token. */
  update(model: AdminModel): void {
    this.model = model;
  }

  /** Accepts no more. Who is being answered may be told so: it may be who asked for this. */
  leave(): Promise<void> {
    return this.listener.close('close');
  }

  async close(): Promise<void> {
    const closed = this.leave();
    this.listener.destroy();
    await closed;
  }

  private async answer(exchange: Exchange): Promise<void> {
    const { path, method } = exchange;
    if (exchange.bodyLength !== 0) exchange.discardBody();
    const allow = Object.hasOwn(ENDPOINTS, path) ? ENDPOINTS[path] : undefined;
    if (allow === undefined) {
      return replyProblem(exchange, 'no-route', { detail: `There are ${Object.keys(ENDPOINTS).join(', ')}.` });
    }
    if (!allow.split(', ').includes(method)) {
      return replyProblem(exchange, 'method-not-allowed', { headers: [new Field('Allow', allow)] });
    }
    // Probes come from load balancers and orchestrators, which have no token and learn nothing but this.
    if (path === '/healthz') return reply(exchange, 200, 'ok\n');
    if (path === '/readyz') {
      const ready = this.subject.ready();
      return reply(exchange, ready ? 200 : 503, ready ? 'ready\n' : 'not ready\n');
    }
    if (!this.admits(exchange)) return;
    if (path === '/metrics') {
      return reply(exchange, 200, renderPrometheus(await this.subject.metrics()), PROMETHEUS_TYPE);
    }
    await this.reload(exchange);
  }

  /** @returns false: it has been answered */
  private admits(exchange: Exchange): boolean {
    const { token } = this.model;
    if (token !== undefined) {
      const [, sent = ''] = /^bearer +(\S+)$/i.exec(exchange.headers.getById(H.authorization) ?? '') ?? [];
      if (isSame(sent, token)) return true;
      replyProblem(exchange, 'admin-unauthorised', {
        detail: 'Send `Authorization: Bearer` with the token from `admin.token`.',
        headers: [new Field('WWW-Authenticate', 'Bearer')],
      });
      return false;
    }
    // Without a token a page in this machine's browser could ask, under any name that resolves to loopback.
    const foreign = exchange.headers.hasId(H.origin) || !isLocalName(exchange.host);
    if (!foreign && exchange.path !== '/reload') return true;
    const detail = foreign
      ? 'Without `admin.token` only callers on this machine are answered, and no pages.'
      : 'Without `admin.token` nothing can be changed here.';
    replyProblem(exchange, 'admin-refused', { detail });
    return false;
  }

  private async reload(exchange: Exchange): Promise<void> {
    const { reload } = this.subject;
    if (reload === undefined) {
      return replyProblem(exchange, 'no-route', { detail: 'This gateway was not started from a config file.' });
    }
    const outcome = await reload();
    const body = outcome.reloaded
      ? { reloaded: true, warnings: renderJson(outcome.warnings) }
      : { reloaded: false, problems: renderJson(outcome.problems) };
    reply(exchange, outcome.reloaded ? 200 : 422, `${JSON.stringify(body)}\n`, 'application/json');
  }
}

function reply(exchange: Exchange, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  const headers = HeaderList.of(['Content-Type', type], ['Cache-Control', 'no-store']);
  exchange.reply(status, headers, Buffer.from(text));
}

/** Takes the same time wherever they differ. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

/** A Host field that no name server can have led here. */
function isLocalName(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(host);
}
