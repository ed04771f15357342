import { createServer, type Server } from 'node:http';
import { networkInterfaces } from 'node:os';
import { startCanary, type Canary } from '../../fixtures/canary.ts';
import { watchConnects, type ConnectWatch } from '../../fixtures/connect-watch.ts';
import { startDnsServer, type DnsServer } from '../../fixtures/dns-server.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';
import { readVectors, type Vector } from './table.ts';

/** The only address that the guards of this play may connect to: it stands for the Internet. */
export const GOOD = '127.0.0.2';
/** The page's origin. */
export const ORIGIN = 'https://app.example.com';

/** A gateway with guards, a harmless server, and canaries on the same port of every other address. */
export interface Stage {
  readonly gateway: TestGateway;
  readonly canary: Canary;
  readonly dns: DnsServer;
  readonly watch: ConnectWatch;
  readonly vectors: readonly Vector[];
  /** What reached the harmless server. */
  readonly reached: { readonly line: string; readonly host: string }[];
  /** Where the harmless server redirects to. */
  location: string;
  close(): Promise<void>;
}

/** Sets the stage that `vectors.json` is played on. */
export async function setStage(): Promise<Stage> {
  const reached: Stage['reached'] = [];
  const stage = { location: '' };
  const canary = await startCanary();
  const { port } = canary;
  const good = await startGood(port, (line, host) => {
    reached.push({ line, host });
    return stage.location;
  });
  const dns = await startDnsServer();
  const resolver = [dns.address];
  const shared = { allowPrivate: [GOOD], resolver };
  const hosts = [`http://*.listed.ssrf.test:${port}`, `http://paths.ssrf.test:${port}/v1`];
  const target = `http://good.ssrf.test:${port}`;
  const gateway = await startGateway(
    {
      routes: [
        { path: '/proxy/*', guard: { dangerouslyAllowAnyTarget: true, ...shared } },
        { path: '/listed/*', guard: { hosts, origins: [ORIGIN], ...shared } },
        { path: '/named/*', guard: { target, allow: ['GET /**'], ...shared } },
        { path: '/narrow/*', guard: { target, allow: ['GET /x', 'GET /to/*'], ...shared } },
      ],
    },
    { listen: ['127.0.0.1:0', `${GOOD}:0`] },
  );
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const { names, vectors } = readVectors({
    port,
    good: GOOD,
    own: own.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '192.168.0.1',
    gateway: gateway.ports[1] ?? 0,
  });
  for (const [name, reply] of Object.entries(names)) dns.set(name, reply);
  const watch = watchConnects((address, at) => address === '127.0.0.1' && at === gateway.port);
  return Object.assign(stage, {
    gateway,
    canary,
    dns,
    watch,
    vectors,
    reached,
    close: async () => {
      watch.stop();
      await gateway.close();
      await Promise.all([canary.close(), dns.close(), new Promise((resolve) => good.close(resolve))]);
    },
  });
}

/** @param onRequest says where `/to/STATUS` leads */
async function startGood(port: number, onRequest: (line: string, host: string) => string): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 500 }, (request, response) => {
    const { method, url = '', httpVersion, headers } = request;
    const location = onRequest(`${method} ${url} HTTP/${httpVersion}`, headers.host ?? '');
    const [, status] = /^\/to\/(\d{3})$/.exec(url) ?? [];
    if (status !== undefined) {
      // A char of a header is a byte: names beyond ASCII come as UTF-8.
      response.writeHead(Number(status), { Location: Buffer.from(location).toString('latin1') });
    } else if (url === '/hop/1') {
      response.writeHead(302, { Location: `http://127.0.0.1:${port}/` });
    }
    response.end('harmless');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, GOOD, resolve);
  });
  return server;
}
