import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDnsServer, type DnsServer } from '../../fixtures/dns-server.ts';
import { PAGE } from '../../fixtures/guarded.ts';
import { connectClient, type RawAnswer, type RawClient } from '../../fixtures/raw-client.ts';
import { startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { serveProcess, type ServeProcess } from '../../fixtures/serve-process.ts';
import { makeTempFolder, type TempFolder } from '../../fixtures/temp-folder.ts';

let folder: TempFolder;
let api: RawUpstream;
let dns: DnsServer;
let process: ServeProcess;
const clients: RawClient[] = [];

beforeEach(async () => {
  folder = makeTempFolder();
  dns = await startDnsServer({ 'api.test': { a: ['127.0.0.1'] } });
  // Answers with the name of the process that asked, and a key that it may have got.
  api = await startRawUpstream(async (peer) => {
    for (;;) {
      const head = await peer.head();
      if (head.start.includes('/reset')) return void peer.reset();
      const text = head.get('via') ?? '';
      peer.send(
        `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\nX-Had-Key: ${head.get('x-key') === SECRET}\r\n\r\n${text}`,
      );
    }
  });
});
afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  process.killGroup('SIGKILL');
  await process.exited;
  await Promise.all([api.close(), dns.close()]);
  folder.remove();
});

const SECRET = 'top-secret-key';

async function serve(guard: string, more = ''): Promise<void> {
  const config = `listen: 127.0.0.1:0
${more}
cors: { app: { origins: [${PAGE}] } }
routes:
  - path: /api/*
    cors: app
    guard: { resolver: ['${dns.address}'], allowPrivate: [api.test], ${guard} }
`;
  process = await serveProcess(folder.write('oneorigin.yaml', config));
}

async function connect(): Promise<RawClient> {
  const client = await connectClient(process.port);
  clients.push(client);
  return client;
}

const ask = (client: RawClient, path = '/api/x'): Promise<RawAnswer> =>
  client.ask(path, { fields: `Origin: ${PAGE}\r\n` });

const named = (): string =>
  `target: 'http://api.test:${api.port}', allow: ['GET /*'], headers: { x-key: '\${GUARD_KEY:-${SECRET}}' }`;

describe('`oneorigin serve` with a guard', () => {
  it('writes neither the secret nor an address', async () => {
    await serve(`${named()}, query: { key: ${SECRET} }`, 'log: { format: json }');
    const client = await connect();
    const answer = await ask(client, '/api/x?mine=1');
    expect([answer.status, answer.head.get('x-had-key')]).toEqual([200, 'true']);
    expect((await ask(client, '/api/reset')).problem).toBe('upstream-reset');
    expect((await ask(client, '/api/not/allowed')).problem).toBe('guard-not-allowed');
    await expect.poll(() => process.output().match(/"status"/g)?.length, { timeout: 10_000 }).toBe(3);
    const log = process.output().replaceAll(/"client":"127\.0\.0\.1"|"host":"[^"]*"|listens on \S+/g, '');
    expect(log).not.toMatch(/top-secret|127\.0\.0\.1|mine=1/);
    expect(log).toContain(`"upstream":"api.test:${api.port}"`);
    expect(process.errors()).toBe('');
  });

  it('answers from each of its workers, each of which counts for itself', async () => {
    await serve(`${named()}, rateLimit: { requests: 2, per: 1h }`, 'workers: 2');
    const [first, second] = [await connect(), await connect()];
    const answers = [];
    for (const client of [first, second]) for (let i = 0; i < 3; i++) answers.push(await ask(client));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 200, 200, 429]);
    const names = answers.flatMap(({ status, body }) => (status === 200 ? [body.text] : []));
    expect(new Set(names).size).toBe(2);
    expect(process.errors()).toBe('');
  });

  it.each(['', 'workers: 2'])('says at its start that anybody may be asked (%s)', async (more) => {
    await serve('dangerouslyAllowAnyTarget: true', more);
    expect(process.errors()).toContain('guard-any-target');
    expect((await ask(await connect(), `/api/http://api.test:${api.port}/x`)).status).toBe(200);
  });
});
