import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { CertificateAuthority } from '../../test/fixtures/certificates.ts';
import { startDnsServer, type DnsEntry, type DnsServer } from '../../test/fixtures/dns-server.ts';
import { makeTempFolder, type TempFolder } from '../../test/fixtures/temp-folder.ts';
import type { Target } from '../guard/model.ts';
import type { ClientFailure, ResponseSink } from '../wire/http1/client-connection.ts';
import { TimerWheel } from '../wire/timer-wheel.ts';
import { DnsServers } from './dns-servers.ts';
import { NameResolver } from './name-resolver.ts';
import type { NameSource } from './name-source.ts';
import type { ServerPool } from './server-pool.ts';
import { VettedPools, type Vetted, type VettedPoolsOptions, type VettedServer } from './vetted-pools.ts';

/** Stands for the Internet: the only address that is allowed. */
const GOOD = '127.0.0.2';
/** Stands for the inside. */
const INSIDE = '127.0.0.3';

let folder: TempFolder;
let authority: CertificateAuthority;
const closers: (() => unknown)[] = [];
/** Connections to test servers that are open. */
const sockets = new Set<object>();

beforeAll(() => {
  folder = makeTempFolder();
  authority = new CertificateAuthority(folder.path, 'authority');
});
afterAll(() => folder.remove());
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closers.splice(0).toReversed()) await close();
});

async function listen(server: Server | TcpServer, host: string, port = 0): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  closers.push(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** A server that says where it was reached, as whom, and over which of its connections. */
async function serve(host: string, options: { names?: readonly string[]; port?: number } = {}): Promise<number> {
  let connections = 0;
  const numbers = new WeakMap<object, number>();
  const { names, port } = options;
  const server = names === undefined ? createHttpServer() : createHttpsServer(authority.issue(names));
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on(names === undefined ? 'connection' : 'secureConnection', (socket: object) => {
    numbers.set(socket, ++connections);
  });
  server.on('request', ({ socket, headers }, response) => {
    const name = (socket as TLSSocket).servername || '-';
    response.end(`${socket.localAddress} ${name} ${headers.host} #${numbers.get(socket)}`);
  });
  return listen(server, host, port);
}

/** A place that nobody should come to, on the port that the good server has. Counts who came. */
async function listenInside(at = 0): Promise<{ port: number; visits: number }> {
  const seen = { port: at, visits: 0 };
  const server = createTcpServer((socket) => {
    seen.visits++;
    socket.destroy();
  });
  seen.port = await listen(server, INSIDE, at);
  return seen;
}

async function dns(entries: Readonly<Record<string, DnsEntry>>): Promise<DnsServer> {
  const server = await startDnsServer(entries);
  closers.push(server.close);
  return server;
}

interface Asking {
  readonly pools: VettedPools;
  /** Asks a target's server for `/`: what it answered, or why it wasn't asked. */
  ask(target: Target): Promise<string>;
}

function asking(server: DnsServer, options: Partial<VettedPoolsOptions> = {}, now?: () => number): Asking {
  const timeout = 5000;
  const source = new DnsServers([server.address], timeout);
  const pools = new VettedPools({
    resolver: new NameResolver(source, { timeout, ...(now === undefined ? {} : { now }) }),
    allowPrivate: [GOOD],
    ca: [authority.certificate],
    serverName: undefined,
    limits: { maxIdle: 10, idleTimeout: 60_000 },
    wheel: new TimerWheel(),
    ...options,
  });
  closers.push(() => pools.destroy());
  const find = (target: Target): Promise<Vetted> => new Promise((resolve) => pools.find(target, resolve));
  return {
    pools,
    async ask(target) {
      const vetted = await find(target);
      if (vetted.outcome === 'address-refused') return `refused: ${vetted.kind}`;
      if (vetted.outcome === 'name-failed') return `failed: ${vetted.failure}`;
      return send(vetted.server, target.host);
    },
  };
}

function send(server: VettedServer, host: string): Promise<string> {
  return new Promise((resolve) => {
    const onFailure = ({ code, tls, unsent }: ClientFailure): void => {
      if (!unsent || !server.hasNext) return resolve(`${code} ${tls ?? ''}`.trim());
      server.next();
      resolve(send(server, host));
    };
    const onWhole = (_head: unknown, body: string): void => resolve(body);
    const sink = { onWhole, onFailure } as unknown as ResponseSink;
    const timeouts = { connect: 5000, head: 5000, idle: 5000 };
    const head = `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
    server.pool.take('any').send(head, { method: 'GET', bodyLength: 0 }, sink, timeouts);
  });
}

const http = (host: string, port: number): Target => ({ protocol: 'http', host, port });
const https = (host: string, port: number): Target => ({ protocol: 'https', host, port });

describe('a target', () => {
  it('is asked at its vetted address, by its own name in SNI, certificate and Host', async () => {
    const port = await serve(GOOD, { names: ['DNS:api.example'] });
    const { ask } = asking(await dns({ 'api.example': { a: [GOOD] } }));
    expect(await ask(https('api.example', port))).toBe(`${GOOD} api.example api.example #1`);
  });

  it('is not asked if its certificate is for another name, its address, say', async () => {
    const port = await serve(GOOD, { names: [`IP:${GOOD}`, 'DNS:other.example'] });
    const { ask } = asking(await dns({ 'api.example': { a: [GOOD] } }));
    expect(await ask(https('api.example', port))).toBe('upstream-tls wrong-name');
    expect(await ask(https(GOOD, port))).toBe(`${GOOD} - ${GOOD} #1`);
  });

  it('is verified by the name that the config says instead', async () => {
    const port = await serve(GOOD, { names: ['DNS:front.example'] });
    const { ask } = asking(await dns({ 'api.example': { a: [GOOD] } }), { serverName: 'front.example' });
    expect(await ask(https('api.example', port))).toBe(`${GOOD} front.example api.example #1`);
  });

  it.each([
    [GOOD, undefined],
    ['127.0.0.1', 'refused: loopback'],
    ['::1', 'refused: loopback'],
    ['::ffff:127.0.0.2', 'refused: embedded'],
    ['169.254.169.254', 'refused: metadata'],
  ])('that is an address is vetted as it is: %s', async (host, refusal) => {
    const port = await serve(GOOD);
    const names = await dns({});
    const { ask } = asking(names);
    expect(await ask(http(host, port))).toBe(refusal ?? `${GOOD} - ${GOOD} #1`);
    expect(names.asked).toEqual([]);
  });

  it.each(['localhost', 'api.localhost'])('is not this machine under the name %s', async (host) => {
    const { ask } = asking(await dns({ [host]: { a: [GOOD] } }));
    expect(await ask(http(host, 80))).toBe('refused: loopback');
  });

  it.each([
    ['HTTP_PROXY', 'http'],
    ['HTTPS_PROXY', 'http'],
    ['ALL_PROXY', 'socks5'],
  ])('is asked without the proxy that %s names', async (variable, scheme) => {
    const port = await serve(GOOD, { names: ['DNS:api.example'] });
    const plain = await serve(GOOD);
    const proxy = await listenInside();
    for (const name of [variable, variable.toLowerCase()]) vi.stubEnv(name, `${scheme}://${INSIDE}:${proxy.port}`);
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    const { ask } = asking(await dns({ 'api.example': { a: [GOOD] } }));
    expect(await ask(https('api.example', port))).toBe(`${GOOD} api.example api.example #1`);
    expect(await ask(http('api.example', plain))).toBe(`${GOOD} - api.example #1`);
    expect(proxy.visits).toBe(0);
  });
});

describe('a name that leads inside', () => {
  it.each<[string, DnsEntry, string]>([
    ['at once', { a: [INSIDE] }, 'loopback'],
    ['with one address of several, the last', { a: [GOOD, INSIDE] }, 'loopback'],
    ['with one address of several, the first', { a: [INSIDE, GOOD] }, 'loopback'],
    ['with one address of very many', { a: [...Array.from({ length: 25 }, () => GOOD), INSIDE] }, 'loopback'],
    ['over IPv6 only', { a: [GOOD], aaaa: ['::1'] }, 'loopback'],
    ['over an IPv4-mapped address', { aaaa: ['::ffff:127.0.0.3'] }, 'embedded'],
    ['over the good address in disguise', { aaaa: ['::ffff:127.0.0.2'] }, 'embedded'],
    ['over NAT64', { aaaa: ['64:ff9b::127.0.0.3'] }, 'embedded'],
    ['by another name', { cname: 'db.internal', a: [INSIDE] }, 'loopback'],
    ['to the metadata of the cloud', { a: ['169.254.169.254'] }, 'metadata'],
    ['to whatever is here', { a: ['0.0.0.0'] }, 'unspecified'],
    ['in an answer that came over TCP', { a: [GOOD, INSIDE], truncated: true }, 'loopback'],
  ])('is refused: %s', async (_, entry, kind) => {
    const port = await serve(GOOD);
    const inside = await listenInside(port);
    const { ask, pools } = asking(await dns({ 'api.example': entry }));
    expect(await ask(http('api.example', port))).toBe(`refused: ${kind}`);
    expect(await ask(https('api.example', port))).toBe(`refused: ${kind}`);
    expect(inside.visits).toBe(0);
    expect(pools.size).toBe(0);
  });

  it('later is asked at the address that was vetted, and refused once it was asked for again', async () => {
    let now = 0;
    const port = await serve(GOOD);
    const inside = await listenInside(port);
    const names = await dns({ 'api.example': (asked) => ({ a: [asked === 0 ? GOOD : INSIDE], ttl: 0 }) });
    const { ask } = asking(names, {}, () => now);
    expect(await ask(http('api.example', port))).toBe(`${GOOD} - api.example #1`);
    now = 999;
    expect(await ask(http('api.example', port))).toBe(`${GOOD} - api.example #1`);
    now = 1001;
    expect(await ask(http('api.example', port))).toBe('refused: loopback');
    expect(names.asked).toHaveLength(4);
    expect(inside.visits).toBe(0);
  });

  it('with every other question is asked outside or not at all', async () => {
    let now = 0;
    const port = await serve(GOOD, { names: ['DNS:api.example'] });
    const inside = await listenInside(port);
    const names = await dns({ 'api.example': (asked) => ({ a: [asked % 2 === 0 ? GOOD : INSIDE], ttl: 0 }) });
    const { ask } = asking(names, { limits: { maxIdle: 0, idleTimeout: 1 } }, () => now);
    const outcomes = new Set<string>();
    for (let i = 0; i < 20; i++) {
      outcomes.add((await ask(https('api.example', port))).replace(/ #\d+$/, ''));
      now += 1001;
    }
    expect([...outcomes].toSorted()).toEqual([`${GOOD} api.example api.example`, 'refused: loopback']);
    expect(inside.visits).toBe(0);
  });

  it('is asked there if its name is listed', async () => {
    const port = await serve(INSIDE);
    const names = await dns({ 'api.intra.example': { a: [INSIDE] }, 'other.example': { a: [INSIDE] } });
    const { ask } = asking(names, { allowPrivate: ['*.intra.example'] });
    expect(await ask(http('api.intra.example', port))).toBe(`${INSIDE} - api.intra.example #1`);
    expect(await ask(http('other.example', port))).toBe('refused: loopback');
  });
});

describe('a name that leads nowhere', () => {
  it.each<[DnsEntry, string]>([
    [{}, 'no-address'],
    [{ fails: 'NXDOMAIN' }, 'not-found'],
    [{ fails: 'SERVFAIL' }, 'failed'],
    [{ cname: 'db.internal' }, 'no-address'],
  ])('%j: is not asked', async (entry, failure) => {
    const { ask, pools } = asking(await dns({ 'api.example': entry, 'db.internal': { a: [GOOD] } }));
    expect(await ask(http('api.example', 80))).toBe(`failed: ${failure}`);
    expect(pools.size).toBe(0);
  });

  it('for a moment is asked once it leads somewhere', async () => {
    let now = 0;
    const port = await serve(GOOD);
    const names = await dns({ 'api.example': { fails: 'SERVFAIL' } });
    const { ask } = asking(names, {}, () => now);
    expect(await ask(http('api.example', port))).toBe('failed: failed');
    names.set('api.example', { a: [GOOD] });
    now = 1001;
    expect(await ask(http('api.example', port))).toBe(`${GOOD} - api.example #1`);
  });
});

describe('several addresses', () => {
  it('are tried in turn, and the one that took no connection comes last from then on', async () => {
    const port = await serve(GOOD);
    const names = await dns({ 'api.example': { a: ['127.0.0.4', GOOD] } });
    const { pools, ask } = asking(names, { allowPrivate: [GOOD, '127.0.0.4'] });
    expect(await ask(http('api.example', port))).toBe(`${GOOD} - api.example #1`);
    const again = await new Promise<Vetted>((resolve) => pools.find(http('api.example', port), resolve));
    if (again.outcome !== 'found') throw new Error(again.outcome);
    expect(again.server.pool.target.host).toBe(GOOD);
    again.server.next();
    expect(again.server.pool.target.host).toBe('127.0.0.4');
    expect(again.server.hasNext).toBe(false);
  });

  it('are not tried without end', async () => {
    const all = Array.from({ length: 20 }, (_, at) => `127.0.1.${at + 1}`);
    const { pools, ask } = asking(await dns({ 'api.example': { a: all } }), { allowPrivate: ['127.0.1.0/24'] });
    // Nothing listens there: a port that was free a moment ago.
    const port = await serve(INSIDE);
    expect(await ask(http('api.example', port))).toBe('upstream-refused');
    expect(pools.size).toBe(8);
  });
});

describe('connections', () => {
  it('are reused by the same name, and by no other at the same address', async () => {
    const port = await serve(GOOD, { names: ['DNS:a.example', 'DNS:b.example'] });
    const names = await dns({ 'a.example': { a: [GOOD] }, 'b.example': { a: [GOOD] } });
    const { ask, pools } = asking(names);
    expect(await ask(https('a.example', port))).toBe(`${GOOD} a.example a.example #1`);
    expect(await ask(https('a.example', port))).toBe(`${GOOD} a.example a.example #1`);
    expect(await ask(https('b.example', port))).toBe(`${GOOD} b.example b.example #2`);
    expect(await ask(https('a.example', port))).toBe(`${GOOD} a.example a.example #1`);
    expect(pools.size).toBe(2);
  });

  it('are reused by no other port or protocol', async () => {
    const [one, two] = [await serve(GOOD), await serve(GOOD)];
    const { ask, pools } = asking(await dns({ 'a.example': { a: [GOOD] } }));
    expect(await ask(http('a.example', one))).toBe(`${GOOD} - a.example #1`);
    expect(await ask(http('a.example', two))).toBe(`${GOOD} - a.example #1`);
    expect(await ask(https('a.example', one))).toBe('upstream-tls not-tls');
    expect(pools.size).toBe(3);
  });

  it('to a name that many ask at a time need one question', async () => {
    const port = await serve(GOOD);
    const names = await dns({ 'a.example': { a: [GOOD], delay: 50 } });
    const { ask, pools } = asking(names);
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(http('a.example', port))));
    expect(new Set(answers).size).toBe(100);
    expect(answers.every((answer) => answer.startsWith(`${GOOD} - a.example #`))).toBe(true);
    expect(names.asked).toHaveLength(2);
    expect(pools.size).toBe(1);
  });

  it('to more servers than are kept close those used longest ago', async () => {
    const port = await serve(GOOD);
    const hosts = ['a.example', 'b.example', 'c.example'];
    const { ask, pools } = asking(await dns(Object.fromEntries(hosts.map((host) => [host, { a: [GOOD] }]))), {
      maxPools: 2,
    });
    const seen: string[] = [];
    for (const host of ['a', 'b', 'a', 'c', 'a', 'b']) seen.push(await ask(http(`${host}.example`, port)));
    expect(seen.map((answer) => answer.slice(-2))).toEqual(['#1', '#2', '#1', '#3', '#1', '#4']);
    expect(pools.size).toBe(2);
    await expect.poll(() => sockets.size).toBe(2);
  });

  it('are closed with the pools', async () => {
    const port = await serve(GOOD);
    const { ask, pools } = asking(await dns({ 'a.example': { a: [GOOD] } }));
    expect(await ask(http('a.example', port))).toBe(`${GOOD} - a.example #1`);
    pools.close();
    expect(pools.size).toBe(0);
    expect(await ask(http('a.example', port))).toBe(`${GOOD} - a.example #2`);
  });
});

describe('pools', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const MINUTE = 60_000;

  function idlePools(maxPools?: number): { pools: VettedPools; poolOf: (host: string) => ServerPool } {
    const none: NameSource = { ask: () => {}, close: () => {} };
    const pools = new VettedPools({
      resolver: new NameResolver(none),
      allowPrivate: ['127.0.0.0/8'],
      ca: undefined,
      serverName: undefined,
      limits: { maxIdle: 10, idleTimeout: 4000 },
      wheel: new TimerWheel(),
      ...(maxPools === undefined ? {} : { maxPools }),
    });
    return {
      pools,
      poolOf: (host) => {
        const found: ServerPool[] = [];
        pools.find(http(host, 1), (vetted) => {
          if (vetted.outcome === 'found') found.push(vetted.server.pool);
        });
        return found[0] as ServerPool;
      },
    };
  }

  it('that nobody uses are forgotten', () => {
    const { pools, poolOf } = idlePools();
    poolOf('127.0.0.1');
    poolOf('127.0.0.2');
    expect(pools.size).toBe(2);
    vi.advanceTimersByTime(4 * MINUTE);
    poolOf('127.0.0.2');
    expect(pools.size).toBe(2);
    vi.advanceTimersByTime(4 * MINUTE);
    expect(pools.size).toBe(1);
    vi.advanceTimersByTime(15 * MINUTE);
    expect(pools.size).toBe(0);
  });

  it('with a connection are kept, however long it lasts', () => {
    const { pools, poolOf } = idlePools();
    const connection = poolOf('127.0.0.1').take('any');
    vi.advanceTimersByTime(60 * MINUTE);
    expect(pools.size).toBe(1);
    connection.destroy();
    vi.advanceTimersByTime(10 * MINUTE);
    expect(pools.size).toBe(0);
  });

  it('let their connections go when all are closed at once, those of dropped ones too', () => {
    const { pools, poolOf } = idlePools(1);
    const connections = ['127.0.0.1', '127.0.0.2'].map((host) => poolOf(host).take('any'));
    expect(connections.map(({ usable }) => usable)).toEqual([true, true]);
    pools.destroy();
    expect(connections.map(({ usable }) => usable)).toEqual([false, false]);
  });
});
