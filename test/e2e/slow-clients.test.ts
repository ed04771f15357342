import { spawn } from 'node:child_process';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findProgram } from '../fixtures/programs.ts';
import { CLI, start, type Running } from '../fixtures/running.ts';
import { makeTempFolder } from '../fixtures/temp-folder.ts';

// Attackers who cost a server much by doing little, a thousand at a time, as slowhttptest plays them: heads and bodies that
// drip in, and answers that drip out. Whoever asks honestly meanwhile has to be served.

vi.setConfig({ testTimeout: 120_000 });

const ATTACKERS = 1000;
/** slowhttptest says every five seconds how many are connected; on a busy machine it may miss one. */
const SECONDS = 12;
/** An honest client's patience. */
const IN_TIME = 1000;
/** Of the honest ones: the machine may be busy with other things for a moment, the gateway may not. */
const SHARE_IN_TIME = 0.9;

const folder = makeTempFolder();
let upstream: Server;
let gateway: Running;
let url: URL;

beforeAll(async () => {
  // A slow reader needs more than its window of 512 bytes, and its thousandfold should fit into the kernel's buffers:
  // what happens when the machine is out of memory for sockets isn't the gateway's doing.
  const large = Buffer.alloc(64 * 1024, 'x');
  upstream = createServer((incoming, answer) => {
    if (incoming.url === '/large') answer.end(large);
    else incoming.resume().on('end', () => answer.end('ok'));
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const { port } = upstream.address() as AddressInfo;
  const config = folder.write(
    'oneorigin.yaml',
    `listen: 127.0.0.1:0
routes:
  - { path: /health, respond: 204 }
  - { path: /*, proxy: 'http://127.0.0.1:${port}' }
`,
  );
  gateway = await start(CLI, ['serve', '-c', config], { until: /http:\/\/127\.0\.0\.1:\d+/ });
  url = new URL(gateway.match[0]);
});
afterAll(async () => {
  await gateway.stop();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
  folder.remove();
});

interface Attack {
  over(): boolean;
  /** The most connections that it had, as it says itself when it's over. */
  readonly connected: Promise<number>;
}

function attack(options: readonly string[], path: string): Attack {
  const usual = ['-c', `${ATTACKERS}`, '-r', '500', '-l', `${SECONDS}`, '-u', new URL(path, url).href];
  const child = spawn(findProgram('slowhttptest'), [...options, ...usual], { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  const connected = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      const counts = stripVTControlCharacters(output).matchAll(/connected:\s+(\d+)/g);
      resolve(Math.max(0, ...[...counts].map(([, count]) => Number(count))));
    });
  });
  return { over: () => child.exitCode !== null, connected };
}

/** Asks on a connection of its own. @returns the status, or 0 if it didn't come in time */
function ask(method: string, path: string): Promise<number> {
  return new Promise((resolve) => {
    const asked = request(new URL(path, url), { method, agent: false }, (answer) => {
      answer.resume().on('end', () => done(answer.statusCode ?? 0));
      answer.on('error', () => done(0));
    });
    const patience = setTimeout(() => {
      asked.destroy();
      done(0);
    }, IN_TIME);
    const done = (status: number): void => {
      clearTimeout(patience);
      resolve(status);
    };
    asked.on('error', () => done(0));
    asked.end(method === 'POST' ? 'x'.repeat(10_000) : undefined);
  });
}

const HONEST = [
  ['GET', '/'],
  ['POST', '/'],
  ['GET', '/health'],
] as const;

describe(`while ${ATTACKERS} clients`, () => {
  it.each([
    ['send heads that never end', '/', ['-H', '-i', '1']],
    ['send bodies that never end', '/', ['-B', '-i', '1', '-s', '8192']],
    ['read their answers byte by byte', '/large', ['-X', '-n', '1', '-w', '1', '-y', '512', '-z', '5']],
  ])('%s, honest ones are answered within a second', async (_, path, options) => {
    const slow = attack(options, path);
    const statuses: number[] = [];
    while (!slow.over()) {
      for (const [method, target] of HONEST) statuses.push(await ask(method, target));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    // Or nothing was tried.
    expect(await slow.connected).toBeGreaterThan(ATTACKERS * 0.9);
    const inTime = statuses.filter((status) => status === 200 || status === 204).length;
    expect(statuses.length).toBeGreaterThan(SECONDS);
    expect(inTime).toBeGreaterThanOrEqual(statuses.length * SHARE_IN_TIME);
    // Late is possible, another answer isn't.
    expect(statuses.filter((status) => ![0, 200, 204].includes(status))).toEqual([]);
  });
});
