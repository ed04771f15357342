import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CountingServer } from '../../fixtures/real-servers.ts';
import { startGoServer, startNodeServer, startUvicorn } from '../../fixtures/real-servers.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';
import { makeTempFolder } from '../../fixtures/temp-folder.ts';

/** Servers that close a connection after it was idle for so many milliseconds. */
const SERVERS: readonly [name: string, idle: number, start: (folder: string) => Promise<CountingServer>][] = [
  ['Node that announces it', 100, () => startNodeServer(100, true)],
  ['Node that keeps it to itself', 100, () => startNodeServer(100, false)],
  ['Node after 50 ms', 50, () => startNodeServer(50, false)],
  ['Node after 200 ms', 200, () => startNodeServer(200, false)],
  ['uvicorn', 1000, () => startUvicorn(1)],
  ['Go', 150, (folder) => startGoServer(folder, '150ms')],
];

const CLIENTS = 40;
/** How long each server is tried. */
const TIME = 8000;

let number = 0;
/** The fields and the body of each kind of request, and what is answered. A body is never the same twice. */
const KINDS: readonly ((path: string) => readonly [request: string, answer: string])[] = [
  (path) => [`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`, '0'],
  (path) => [`PUT ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello`, '5'],
  (path) => [`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`, '0'],
  (path) => {
    const body = `unique ${++number}`;
    return [`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`, `${body.length}`];
  },
];

describe.concurrent.each(SERVERS)('%s, asked again just as it closes', (_, idle, start) => {
  const folder = makeTempFolder();
  let server: CountingServer;
  let gateway: TestGateway;

  beforeAll(async () => {
    server = await start(folder.path);
    gateway = await startProxy(`http://127.0.0.1:${server.port}`);
  }, 240_000);
  afterAll(async () => {
    await gateway.close();
    await server.stop();
    folder.remove();
  });

  it('never fails where it may ask again, and executes nothing twice', async () => {
    const wrong: string[] = [];
    const end = Date.now() + TIME;
    let asked = 0;
    await Promise.all(
      Array.from({ length: CLIENTS }, async (_, i) => {
        const client = await gateway.connect();
        for (let turn = i; Date.now() < end; turn++) {
          const [request, expected] = (KINDS[turn % KINDS.length] as (typeof KINDS)[number])(`/${i}`);
          client.send(request);
          const answer = await client.answer();
          asked++;
          // What may not be sent again is a 502 if it's hit; its like is kept off connections that are about to close.
          const lost = answer.problem === 'upstream-reset' && request.includes('unique');
          if (answer.body.text !== expected && !lost)
            wrong.push(`${request.split(' ')[0]}: ${answer.problem || answer.body.text}`);
          await new Promise((resolve) => setTimeout(resolve, idle - 5 + 10 * Math.random()));
        }
        client.end();
      }),
    );
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(CLIENTS * 4);
    const client = await gateway.connect();
    expect((await client.ask('/counts')).body.text).toBe('1');
    client.end();
    await gateway.quiet(64);
  });
});
