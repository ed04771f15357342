import { createServer, type Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCanary, type Canary } from '../../fixtures/canary.ts';
import { watchConnects, type ConnectWatch } from '../../fixtures/connect-watch.ts';
import { startDnsServer, type DnsReply, type DnsServer } from '../../fixtures/dns-server.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';

/** The only address that may be asked here: it stands for the Internet. */
const GOOD = '127.0.0.2';
const HARMLESS: DnsReply = { a: [GOOD], ttl: 0 };

let canary: Canary;
let good: Server;
let dns: DnsServer;
let gateway: TestGateway;
let watch: ConnectWatch;

beforeEach(async () => {
  canary = await startCanary();
  good = createServer((request, response) => response.end(`${request.headers.host}`));
  await new Promise<void>((resolve) => good.listen(canary.port, GOOD, resolve));
  dns = await startDnsServer();
  const common = { allowPrivate: [GOOD], resolver: dns.address };
  gateway = await startGateway({
    routes: [
      { path: '/proxy/*', guard: { dangerouslyAllowAnyTarget: true, ...common } },
      { path: '/named/*', guard: { target: `http://rebind.test:${canary.port}`, allow: ['GET /**'], ...common } },
      { path: '/system/*', guard: { dangerouslyAllowAnyTarget: true } },
    ],
  });
  watch = watchConnects((address, port) => address === '127.0.0.1' && port === gateway.port);
});
afterEach(async () => {
  watch.stop();
  await gateway.close();
  await Promise.all([canary.close(), dns.close(), new Promise((resolve) => good.close(resolve))]);
});

async function ask(path: string): Promise<string> {
  const client = await gateway.connect();
  const { status, body, problem } = await client.ask(path);
  client.end();
  return `${status} ${problem || body.text}`;
}

/** Nobody was led anywhere but to the harmless server. */
function expectHarmless(): void {
  expect(watch.attempts.filter((attempt) => attempt !== `${GOOD} ${canary.port}`)).toEqual([]);
  expect(canary.seen).toEqual([]);
}

const EVIL: Readonly<Record<string, DnsReply>> = {
  'the loopback address': { a: ['127.0.0.1'], ttl: 0 },
  'the loopback address of IPv6': { aaaa: ['::1'], ttl: 0 },
  'both the harmless and the loopback address': { a: [GOOD, '127.0.0.1'], ttl: 0 },
  'the harmless address, and another of IPv6': { a: [GOOD], aaaa: ['::1'], ttl: 0 },
  'a mapped address': { aaaa: ['::ffff:127.0.0.1'], ttl: 0 },
  'an alias of a name inside': { cname: 'localhost', a: ['127.0.0.1'], ttl: 0 },
};

/** An answer is believed for a second at least, whatever it says of itself. */
const forgotten = (): Promise<void> => pause(1100);

describe.each(['/named/', 'open'])('a name that changes its mind (%s)', (form) => {
  const path = (): string => (form === 'open' ? `/proxy/http://rebind.test:${canary.port}/` : form);

  it.each(Object.entries(EVIL))('and next time has %s leads nowhere', async (_, evil) => {
    let turn: DnsReply = HARMLESS;
    dns.set('rebind.test', () => turn);
    expect(await ask(path())).toBe(`200 rebind.test:${canary.port}`);
    turn = evil;
    await forgotten();
    // That a connection to the harmless server is still open doesn't help.
    expect(await ask(path())).toBe('403 guard-address-refused');
    turn = HARMLESS;
    await forgotten();
    expect(await ask(path())).toBe(`200 rebind.test:${canary.port}`);
    expectHarmless();
  });

  it('between the check and the connection is asked once for both', async () => {
    dns.set('rebind.test', (asked) => (asked === 0 ? HARMLESS : { a: ['127.0.0.1'], ttl: 0 }));
    expect(await ask(path())).toBe(`200 rebind.test:${canary.port}`);
    expect(dns.asked.map(({ type }) => type).toSorted()).toEqual(['A', 'AAAA']);
    expectHarmless();
  });

  it('while many ask at a time leads nobody astray', async () => {
    let turn = 0;
    dns.set('*', () => (turn++ % 3 === 0 ? { a: ['127.0.0.1'], ttl: 0 } : HARMLESS));
    const answers = new Set<string>();
    for (let round = 0; round < 3; round++) {
      const paths = Array.from({ length: 40 }, (_, index) => path().replace('rebind', `rebind${index % 8}`));
      for (const answer of await Promise.all(paths.map(ask))) answers.add(answer.slice(0, 3));
      await forgotten();
    }
    expect([...answers].every((status) => status === '200' || status === '403')).toBe(true);
    expectHarmless();
  });
});

describe('a redirect', () => {
  it('to a name that was harmless a moment ago is looked at again', async () => {
    dns.set('start.test', HARMLESS);
    dns.set('rebind.test', (asked) => (asked === 0 ? HARMLESS : { a: ['127.0.0.1'], ttl: 0 }));
    expect(await ask(`/proxy/http://rebind.test:${canary.port}/`)).toMatch(/^200/);
    await forgotten();
    good.removeAllListeners('request');
    good.on('request', (_, response) =>
      response.writeHead(302, { Location: `http://rebind.test:${canary.port}/` }).end(),
    );
    expect(await ask(`/proxy/http://start.test:${canary.port}/`)).toBe('502 guard-redirect-refused');
    expectHarmless();
  });
});

describe("names of the machine's own", () => {
  it.each(['localhost', 'LOCALHOST', 'localhost.', 'any.localhost'])('%s, looked up by the system', async (name) => {
    expect(await ask(`/system/http://${name}:${canary.port}/`)).toMatch(
      /^(?:403 guard-address-refused|502 guard-dns-failed)$/,
    );
    expectHarmless();
  });
});
