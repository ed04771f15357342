import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RawPeer } from '../../fixtures/raw-peer.ts';
import { answerAll, plain } from '../../fixtures/raw-upstream.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';
import { makeTempFolder, type TempFolder } from '../../fixtures/temp-folder.ts';

let folder: TempFolder;
let gateway: TestGateway;
let peers: RawPeer[];
const servers: Server[] = [];

beforeEach(() => {
  folder = makeTempFolder();
  peers = [];
});
afterEach(async () => {
  await gateway.close();
  for (const peer of peers) peer.socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  folder.remove();
});

/** A server on a socket in the folder that answers with its name. */
async function listen(name: string): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const peer = new RawPeer(socket);
    peers.push(peer);
    answerAll(peer, plain(name)).catch(() => socket.destroy());
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(`${folder.path}/${name}.sock`, resolve));
  return server;
}

async function begin(upstream: string | readonly string[], hostHeader: 'keep' | 'upstream' = 'keep'): Promise<void> {
  gateway = await startGateway(
    { log: { access: 'off' }, upstreams: { app: upstream }, routes: [{ proxy: 'app', hostHeader }] },
    { baseDir: folder.path },
  );
}

it('a server behind a socket is asked as any other, and its connections are kept', async () => {
  await listen('app');
  await begin(`unix:${folder.path}/app.sock`);
  const client = await gateway.connect();
  for (let i = 0; i < 3; i++) expect((await client.ask(`/${i}`)).body.text).toBe('app');
  expect(peers).toHaveLength(1);
  expect(peers[0]?.received).toContain('Host: gateway.test\r\n');
  expect(gateway.records[0]?.upstream).toBe(`unix:${folder.path}/app.sock`);
  client.end();
});

it('a relative path begins at the config’s folder, and the server’s own Host is localhost', async () => {
  await listen('app');
  await begin('unix:app.sock', 'upstream');
  const client = await gateway.connect();
  expect((await client.ask('/')).body.text).toBe('app');
  expect(peers[0]?.received).toContain('Host: localhost\r\n');
  client.end();
});

it('a route may name one without defining an upstream', async () => {
  await listen('app');
  gateway = await startGateway({ routes: [{ proxy: 'unix:app.sock' }] }, { baseDir: folder.path });
  const client = await gateway.connect();
  expect((await client.ask('/')).body.text).toBe('app');
  client.end();
});

it('one that nobody listens on, or that is not there, has refused; its path is nobody’s business', async () => {
  await begin('unix:app.sock');
  const client = await gateway.connect();
  const answer = await client.ask('/');
  expect([answer.status, answer.problem]).toEqual([502, 'upstream-refused']);
  expect(answer.body.text).not.toContain(folder.path);
  client.end();
});

it('several share the requests, and one that is gone is passed over', async () => {
  await Promise.all([listen('a'), listen('b')]);
  await begin(['unix:a.sock', 'unix:b.sock']);
  const client = await gateway.connect();
  const ask = async (): Promise<string> => (await client.ask('/')).body.text;
  expect(new Set([await ask(), await ask()])).toEqual(new Set(['a', 'b']));
  servers[0]?.close();
  for (const peer of peers) peer.end();
  const names = [];
  for (let i = 0; i < 6; i++) names.push(await ask());
  expect(new Set(names)).toEqual(new Set(['b']));
  client.end();
});
