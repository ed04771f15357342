import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RawClient } from '../../fixtures/raw-client.ts';
import { startServerProcess, type ServerProcess } from '../../fixtures/server-process.ts';
import { play, type Play } from '../workers/play.ts';

let stage: Play;
let servers: ServerProcess[];

beforeEach(async () => {
  stage = await play();
  servers = await Promise.all(['a', 'b'].map((name) => startServerProcess(name)));
});
afterEach(async () => {
  await stage.end();
  await Promise.all(servers.map((server) => server.kill()));
});

const serve = (more: string): ReturnType<Play['serve']> =>
  stage.serve(`
listen: 127.0.0.1:0
log: { access: off, format: json }
workers: 2
upstreams: { all: { servers: [${servers.map(({ url }) => `'${url}'`).join(', ')}]${more} } }
routes: [{ path: /*, proxy: all }]
`);

it('each worker finds out for itself that a server is down, and nobody hears of it', async () => {
  const { output } = await serve(', healthCheck: { path: /, interval: 200ms, fall: 1 }');
  const clients: RawClient[] = [];
  for (let i = 0; i < 4; i++) clients.push(await stage.connect());
  await servers[0]!.kill();
  for (let i = 0; i < 20; i++) {
    for (const client of clients) expect((await client.ask('/')).status).toBe(200);
  }
  await vi.waitFor(() => expect(output().match(/"event":"server-(?:down|ejected)"/g)?.length).toBeGreaterThan(1), {
    timeout: 20_000,
  });
  for (const client of clients) expect((await client.ask('/')).body.text).toBe('b 0');
});

it('all workers send the same key, and the same client, to the same server', async () => {
  await serve(', balance: { hash: { header: x-key } }');
  const clients = [await stage.connect(), await stage.connect(), await stage.connect(), await stage.connect()];
  for (let key = 0; key < 20; key++) {
    const names = new Set<string>();
    for (const client of clients) names.add((await client.ask('/', { fields: `X-Key: ${key}\r\n` })).body.text);
    expect(names.size).toBe(1);
  }
});

it('a client sticks to its server whichever worker it comes to', async () => {
  await serve(', sticky: { secret: correct horse battery staple }');
  const [first, ...others] = [
    await stage.connect(),
    await stage.connect(),
    await stage.connect(),
    await stage.connect(),
  ];
  const answer = await first!.ask('/');
  const [cookie = ''] = (answer.head.get('set-cookie') ?? '').split(';');
  for (const client of others) {
    for (let i = 0; i < 3; i++) {
      expect((await client.ask('/', { fields: `Cookie: ${cookie}\r\n` })).body.text).toBe(answer.body.text);
    }
  }
});
