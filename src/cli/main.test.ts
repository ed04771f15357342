import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const jiti = fileURLToPath(new URL('../../node_modules/jiti/lib/jiti-cli.mjs', import.meta.url));

const children: ChildProcess[] = [];
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [jiti, main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

/** A gateway in a process of its own, and where it listens. */
async function dev(target: string): Promise<{ child: ChildProcess; url: string }> {
  const child = start('dev', `/=${target}`, '--port', '0');
  let output = '';
  for await (const chunk of child.stdout ?? []) {
    output += String(chunk);
    const [url] = /http:\/\/localhost:\d+/.exec(output) ?? [];
    if (url !== undefined) return { child, url };
  }
  throw new Error(`ended with ${output}`);
}

/** A server that never answers, and a promise for its first request. */
async function silent(): Promise<{ target: string; asked: Promise<unknown>; close: () => void }> {
  const server = createServer(() => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return {
    target: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: once(server, 'request'),
    close,
  };
}

describe('the process', () => {
  it('ends with 0 when it is asked to', async () => {
    const { child } = await dev('9');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('ends at once when it is asked twice', async () => {
    const { target, asked, close } = await silent();
    const { child, url } = await dev(target);
    const answer = fetch(url).catch(() => 'cut');
    await asked;
    child.kill('SIGINT');
    const [told] = (await once(child.stderr ?? child, 'data')) as [Buffer];
    expect(told.toString()).toBe(
      'Waiting for 1 connection to come to an end, 10 seconds at most. Ctrl-C again ends it now.\n',
    );
    expect(child.exitCode).toBeNull();
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect(await answer).toBe('cut');
    close();
  });

  it('hands its exit code to the shell', async () => {
    expect(await once(start('--version'), 'exit')).toEqual([0, null]);
    expect(await once(start('nonsense'), 'exit')).toEqual([2, null]);
  });
});
