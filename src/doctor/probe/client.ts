import { lookup as systemLookup } from 'node:dns/promises';
import { connect as connectTcp, isIP } from 'node:net';
import { bare, Exchange, portOf } from './exchange.ts';
import { describeError } from './failure.ts';
import type { Address, Probe, ProbeFailure, ProbeRequest } from './types.ts';

/** How a client asks. */
export interface ProbeClientOptions {
  /** Milliseconds for everything that this client asks, together. Default: 20,000. */
  readonly total?: number;
  /** Milliseconds for one request. Default: 8,000. */
  readonly each?: number;
  /** Milliseconds to wait for a body once its head is there. Default: 1,000. */
  readonly body?: number;
  /** Whether methods other than OPTIONS, GET and HEAD, and bodies, may be sent. Default: `false`. */
  readonly send?: boolean;
  /** A certificate authority in PEM that is trusted too. */
  readonly ca?: string;
  /** Addresses of hosts, instead of what the DNS says. Default: none. */
  readonly resolve?: Readonly<Record<string, string>>;
}

/** What changes nothing at a server (RFC 9110, 9.2.1), of what the doctor asks. */
const SAFE: ReadonlySet<string> = new Set(['OPTIONS', 'GET', 'HEAD']);

/**
 * Asks servers over HTTP/1.1 and keeps their answers byte for byte. Whatever a server does, or doesn't, no answer takes
 * longer and no answer is larger than the limits.
 */
export class ProbeClient {
  private readonly options: Required<Omit<ProbeClientOptions, 'ca'>> & Pick<ProbeClientOptions, 'ca'>;
  private readonly end: number;
  private readonly known = new Map<string, Promise<readonly Address[] | ProbeFailure>>();

  constructor(options: ProbeClientOptions = {}) {
    this.options = { total: 20_000, each: 8_000, body: 1_000, send: false, resolve: {}, ...options };
    this.end = performance.now() + this.options.total;
  }

  /** Whether this client may send the request as it is, or has to do with a harmless one. */
  maySend({ method, body }: Pick<ProbeRequest, 'method' | 'body'>): boolean {
    return this.options.send || (SAFE.has(method) && body === undefined);
  }

  /** Sends one request. Network trouble is a result; what mustn't be sent throws. */
  async ask(request: ProbeRequest): Promise<Probe> {
    if (!this.maySend(request)) throw new Error(`${request.method} is not sent without leave.`);
    const begin = performance.now();
    const found = await this.addresses(request.url);
    const failed = (failure: ProbeFailure): Probe => ({
      request,
      failure,
      timings: { end: performance.now() - begin },
    });
    if ('kind' in found) return failed(found);
    const open = found.find(({ failure }) => failure === undefined);
    if (open === undefined) return failed(found[0]?.failure ?? { kind: 'dns', detail: 'no address' });
    const limit = Math.min(this.options.each, this.end - performance.now());
    // Timers may fire a moment early.
    if (limit < 5) return failed({ kind: 'timeout', detail: 'the time for the whole diagnosis is over' });
    return new Exchange(request, open.address, { ...this.options, each: limit }).run();
  }

  /** The addresses of a URL's host, each tried once; or why there are none. */
  addresses(url: string): Promise<readonly Address[] | ProbeFailure> {
    const { hostname, port, protocol } = new URL(url);
    const key = `${hostname}:${port === '' ? protocol : port}`;
    let known = this.known.get(key);
    if (known === undefined) {
      known = this.tryAddresses(bare(hostname), portOf(url));
      this.known.set(key, known);
    }
    return known;
  }

  /** The first address of a host, which isn't connected to; undefined if there is none, or none in time. @param limit milliseconds */
  async addressOf(host: string, limit: number): Promise<string | undefined> {
    const left = Math.max(1, Math.min(limit, this.end - performance.now()));
    const found = await withLimit(resolveHost(this.options.resolve[host] ?? host), left);
    return found === undefined || 'kind' in found ? undefined : found[0]?.address;
  }

  private async tryAddresses(host: string, port: number): Promise<readonly Address[] | ProbeFailure> {
    const limit = Math.max(1, Math.min(this.options.each, this.end - performance.now()));
    const found = await withLimit(resolveHost(this.options.resolve[host] ?? host), limit);
    if (found === undefined) return { kind: 'dns', detail: 'no answer in time' };
    if ('kind' in found) return found;
    return Promise.all(
      found.map(async (each) => {
        const failure = await tryConnect(each.address, port, limit);
        return failure === undefined ? each : Object.assign(each, { failure });
      }),
    );
  }
}

async function resolveHost(host: string): Promise<readonly Address[] | ProbeFailure> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family: family as 4 | 6 }];
  try {
    const found = await systemLookup(host, { all: true, verbatim: true });
    return found.map(({ address, family }) => ({ address, family: family as 4 | 6 }));
  } catch (error) {
    return { kind: 'dns', detail: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
}

function tryConnect(host: string, port: number, limit: number): Promise<ProbeFailure | undefined> {
  return new Promise((resolve) => {
    const socket = connectTcp({ host, port });
    const finish = (failure?: ProbeFailure): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(failure);
    };
    const timer = setTimeout(() => finish({ kind: 'connect-timeout', detail: `${Math.round(limit)} ms` }), limit);
    socket.once('connect', () => finish());
    socket.once('error', (error) => finish(describeError(error)));
  });
}

function withLimit<T>(promise: Promise<T>, limit: number): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), limit);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
