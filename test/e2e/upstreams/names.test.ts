import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Config, UpstreamOptions } from '../../../src/config/types.ts';
import { CertificateAuthority } from '../../fixtures/certificates.ts';
import { startDnsServer, type DnsServer } from '../../fixtures/dns-server.ts';
import { plain, startRawUpstream } from '../../fixtures/raw-upstream.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';
import { makeTempFolder } from '../../fixtures/temp-folder.ts';

let dns: DnsServer;
let gateway: TestGateway;
const closers: (() => unknown)[] = [];

afterEach(async () => {
  await gateway.close();
  await dns.close();
  for (const close of closers.splice(0)) await close();
});

/** Servers of one port on several addresses of this machine, each of which answers with its address. */
async function startAt(...hosts: string[]): Promise<number> {
  let port = 0;
  for (const host of hosts) {
    const server = await startRawUpstream(
      async (peer) => {
        for (;;) {
          const head = await peer.head();
          peer.send(plain(`${host} ${head.get('host')}`));
        }
      },
      { host, port },
    );
    ({ port } = server);
    closers.push(server.close);
  }
  return port;
}

async function begin(upstream: UpstreamOptions, more: Partial<Config> = {}): Promise<void> {
  gateway = await startGateway({
    log: { access: 'off' },
    upstreams: { named: upstream },
    routes: [{ proxy: 'named', hostHeader: 'upstream' }],
    ...more,
  });
}

/** Who answers so many requests: the addresses, each once, in their order. */
async function answering(count = 12): Promise<string> {
  const client = await gateway.connect();
  const seen = new Set<string>();
  for (let i = 0; i < count; i++) {
    const { status, problem, body } = await client.ask('/');
    seen.add(status === 200 ? (body.text.split(' ')[0] ?? '') : problem);
  }
  client.end();
  return [...seen].toSorted().join(' ');
}

const until = (who: string): Promise<void> =>
  vi.waitFor(async () => expect(await answering()).toBe(who), { timeout: 15_000, interval: 50 });

const every = '200ms';

describe('a name that is resolved', () => {
  it('is as many servers as it has addresses, and others when DNS says so', async () => {
    const port = await startAt('127.0.0.1', '127.0.0.2', '127.0.0.3');
    dns = await startDnsServer({ 'api.test': { a: ['127.0.0.1', '127.0.0.2'], ttl: 0 } });
    await begin({ servers: `http://api.test:${port}`, resolve: { every, servers: dns.address } });
    expect(await answering()).toBe('127.0.0.1 127.0.0.2');
    dns.set('api.test', { a: ['127.0.0.3', '127.0.0.2'], ttl: 0 });
    await until('127.0.0.2 127.0.0.3');
    expect(gateway.lines.join('')).toMatch(
      new RegExp(`upstream named has other servers: api.test is 127.0.0.2:${port}, 127.0.0.3:${port}\n`),
    );
    // The order of the answers says nothing.
    const lines = gateway.lines.length;
    dns.set('api.test', { a: ['127.0.0.2', '127.0.0.3'], ttl: 0 });
    const asked = dns.asked.length;
    await vi.waitFor(() => expect(dns.asked.length).toBeGreaterThan(asked + 4), { timeout: 10_000 });
    expect(gateway.lines).toHaveLength(lines);
  });

  it('is asked for by its own name', async () => {
    const port = await startAt('127.0.0.2');
    dns = await startDnsServer({ 'api.test': { a: ['127.0.0.2'] } });
    await begin({ servers: `http://api.test:${port}`, resolve: { every, servers: dns.address } });
    const client = await gateway.connect();
    expect((await client.ask('/')).body.text).toBe(`127.0.0.2 api.test:${port}`);
    expect(gateway.records[0]?.upstream).toBe(`127.0.0.2:${port}`);
    client.end();
  });

  it('is not asked for again before DNS says that it may have changed', async () => {
    const port = await startAt('127.0.0.1');
    dns = await startDnsServer({
      'slow.test': { a: ['127.0.0.1'], ttl: 60 },
      'quick.test': { a: ['127.0.0.1'], ttl: 0 },
    });
    const servers = [`http://slow.test:${port}`, `http://quick.test:${port}/other`];
    await begin({ servers, resolve: { every: '1h', servers: dns.address } });
    const asked = (name: string): number => dns.asked.filter((one) => one.name === name && one.type === 'A').length;
    await vi.waitFor(() => expect(asked('quick.test')).toBeGreaterThan(2), { timeout: 15_000 });
    expect(asked('slow.test')).toBe(1);
  });

  it('keeps its servers while DNS has no answer, and says so once', async () => {
    const port = await startAt('127.0.0.1');
    dns = await startDnsServer({ 'api.test': { a: ['127.0.0.1'], ttl: 0 } });
    await begin({ servers: `http://api.test:${port}`, resolve: { every, servers: dns.address } });
    expect(await answering()).toBe('127.0.0.1');
    dns.set('api.test', { fails: 'SERVFAIL' });
    const asked = dns.asked.length;
    await vi.waitFor(() => expect(dns.asked.length).toBeGreaterThan(asked + 8), { timeout: 15_000 });
    expect(await answering()).toBe('127.0.0.1');
    expect(gateway.lines.join('').match(/can't be found/g)).toHaveLength(1);
  });

  it('has no server any more if DNS says that there is no such name, until there is', async () => {
    const port = await startAt('127.0.0.1');
    dns = await startDnsServer({ 'api.test': { a: ['127.0.0.1'], ttl: 0 } });
    await begin({ servers: `http://api.test:${port}`, resolve: { every, servers: dns.address } });
    expect(await answering()).toBe('127.0.0.1');
    dns.set('api.test', { fails: 'NXDOMAIN' });
    await until('no-healthy-server');
    expect(gateway.lines.join('')).toContain('api.test is nowhere');
    dns.set('api.test', { a: ['127.0.0.1'], ttl: 0 });
    await until('127.0.0.1');
  });

  it('stands beside servers of fixed addresses', async () => {
    const port = await startAt('127.0.0.1', '127.0.0.2');
    dns = await startDnsServer({ 'api.test': { a: ['127.0.0.2', '127.0.0.1'], ttl: 0 } });
    const servers = [`http://127.0.0.1:${port}`, `http://api.test:${port}`];
    await begin({ servers, resolve: { every, servers: dns.address } });
    await until('127.0.0.1 127.0.0.2');
    dns.set('api.test', { fails: 'NXDOMAIN' });
    await until('127.0.0.1');
  });

  it('has requests wait for the first answer, but not for ever', async () => {
    const port = await startAt('127.0.0.1');
    dns = await startDnsServer({
      'late.test': (asked) => ({ a: ['127.0.0.1'], ...(asked === 0 ? { delay: 300 } : {}) }),
      'never.test': { delay: 'never' },
    });
    await begin(
      { servers: `http://late.test:${port}`, resolve: { every, servers: dns.address } },
      {
        upstreams: {
          late: { servers: `http://late.test:${port}`, resolve: { every, servers: dns.address } },
          never: {
            servers: 'http://never.test',
            resolve: { every, servers: dns.address },
            maxRequests: 9,
            queue: { timeout: '200ms' },
          },
        },
        routes: [
          { path: '/late', proxy: 'late' },
          { path: '/never', proxy: 'never' },
        ],
      },
    );
    const client = await gateway.connect();
    expect((await client.ask('/late')).body.text).toBe('127.0.0.1 gateway.test');
    const { status, problem } = await client.ask('/never');
    expect([status, problem]).toEqual([503, 'no-healthy-server']);
    client.end();
  });

  it('ends what is under way at a server that is listed no more, and nothing else', async () => {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const slow = await startRawUpstream(
      async (peer) => {
        await peer.head();
        await released;
        peer.send(plain('slow'));
      },
      { host: '127.0.0.2' },
    );
    closers.push(slow.close);
    dns = await startDnsServer({ 'api.test': { a: ['127.0.0.2'], ttl: 0 } });
    await begin({ servers: `http://api.test:${slow.port}`, resolve: { every, servers: dns.address } });
    const client = await gateway.connect();
    const answer = client.ask('/');
    await vi.waitFor(() => expect(slow.open).toBe(1));
    dns.set('api.test', { a: ['127.0.0.1'], ttl: 0 });
    await vi.waitFor(() => expect(gateway.lines.join('')).toContain('has other servers'), { timeout: 10_000 });
    release();
    expect((await answer).body.text).toBe('slow');
    // Its connection isn't kept.
    await vi.waitFor(() => expect(slow.open).toBe(0));
    client.end();
  });
});

describe('with the system’s resolver', () => {
  it('localhost is this machine', async () => {
    dns = await startDnsServer();
    const port = await startAt('127.0.0.1');
    await begin({ servers: `http://localhost:${port}`, resolve: true });
    expect(await answering()).toBe('127.0.0.1');
  });
});

describe('a service that DNS lists', () => {
  it('is the servers of its best priority, with their ports and weights', async () => {
    const [one, two, three] = [await startAt('127.0.0.1'), await startAt('127.0.0.2'), await startAt('127.0.0.3')];
    dns = await startDnsServer({
      '_http._tcp.users.test': {
        ttl: 0,
        srv: [
          { priority: 1, weight: 3, port: one, name: 'a.test' },
          { priority: 1, weight: 1, port: two, name: 'b.test' },
          { priority: 2, port: three, name: 'c.test' },
        ],
      },
      'a.test': { a: ['127.0.0.1'], ttl: 0 },
      'b.test': { a: ['127.0.0.2'], ttl: 0 },
      'c.test': { a: ['127.0.0.3'], ttl: 0 },
    });
    await begin({ servers: 'srv://_http._tcp.users.test/base', resolve: { every, servers: dns.address } });
    const client = await gateway.connect();
    const counts = new Map<string, number>();
    for (let i = 0; i < 40; i++) {
      const { text } = (await client.ask('/')).body;
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    expect(counts).toEqual(
      new Map([
        [`127.0.0.1 users.test:${one}`, 30],
        [`127.0.0.2 users.test:${two}`, 10],
      ]),
    );
    client.end();
    dns.set('_http._tcp.users.test', { ttl: 0, srv: [{ priority: 2, port: three, name: 'c.test' }] });
    await until('127.0.0.3');
    dns.set('_http._tcp.users.test', { ttl: 0, srv: [{ port: 1, name: '' }] });
    await until('no-healthy-server');
  });

  it('is asked over TLS if it says so, and must be who it says', async () => {
    const folder = makeTempFolder();
    closers.push(() => folder.remove());
    const authority = new CertificateAuthority(folder.path, 'ours');
    const certificates: Record<string, string> = { '127.0.0.1': 'users.test', '127.0.0.2': 'host.test' };
    let port = 0;
    for (const [host, name] of Object.entries(certificates)) {
      const server: TlsServer = createTlsServer(authority.issue([`DNS:${name}`]), (socket) => {
        socket.on('error', () => {});
        socket.on('data', () => socket.end(plain(host, 'Connection: close\r\n')));
      });
      await new Promise<void>((resolve) => server.listen(port, host, resolve));
      ({ port } = server.address() as AddressInfo);
      closers.push(() => new Promise((resolve) => server.close(resolve)));
    }
    dns = await startDnsServer({
      '_https._tcp.users.test': { srv: [{ port, name: 'host.test' }] },
      'host.test': { a: ['127.0.0.1'], ttl: 0 },
    });
    const ca = authority.file;
    await begin({ servers: 'srv://_https._tcp.users.test', tls: { ca }, resolve: { every, servers: dns.address } });
    expect(await answering(3)).toBe('127.0.0.1');
    // A certificate for the name that DNS gives proves nothing: whoever answers for DNS could have one.
    dns.set('host.test', { a: ['127.0.0.2'], ttl: 0 });
    await until('upstream-tls');
  });
});
