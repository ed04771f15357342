import { execFile } from 'node:child_process';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { reportOf } from '../../src/doctor/index.ts';
import { examineFrom, PAGE } from '../fixtures/examine.ts';
import { CLI } from '../fixtures/running.ts';
import { serve } from '../fixtures/servers.ts';

const open: Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
  for (const server of open.splice(0)) server.close();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});

/** A server that does this with each connection, for as long as it's let. */
async function stubborn(treat: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    treat(socket);
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

/** Sends this, and then a byte again and again. */
function drip(text: string) {
  return (socket: Socket): void => {
    socket.write(text);
    const timer = setInterval(() => socket.write('x'), 20);
    socket.on('close', () => clearInterval(timer));
  };
}

const HEAD = `HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: ${PAGE}\r\n`;

// A diagnosis that never ends fails by the test's own time limit.
describe('the diagnosis ends', () => {
  it.each([
    ['that says nothing', () => {}],
    ['that drips its head', drip(`${HEAD}X: `)],
    ['that drips after an interim answer', drip('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 ')],
  ])('at a server %s, with all that may be asked', async (_, treat) => {
    const origin = await stubborn(treat);
    const options = { total: 400, audit: true, via: [origin.replace('localhost', '127.0.0.1')], page: `${origin}/` };
    const diagnosis = await examineFrom(`${origin}/a`, { method: 'PUT' }, options);
    expect(diagnosis.outcome).toBe('unreachable');
    expect(reportOf(diagnosis).findings[0]?.code).toBe('doctor-timeout');
  });

  it('at a server whose body has no end, whose head counts', async () => {
    const origin = await stubborn(drip(`${HEAD}Content-Type: text/event-stream\r\n\r\n`));
    const diagnosis = await examineFrom(`${origin}/a`, {}, { body: 50 });
    expect(diagnosis.outcome).toBe('readable');
  });

  it('if a layer behind, or the page, hangs', async () => {
    const hanging = await stubborn(() => {});
    const app = await serve((_, response) => response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end());
    try {
      const options = { total: 600, via: [hanging], page: hanging };
      const diagnosis = await examineFrom(`${app.origin}/a`, {}, options);
      expect(diagnosis.outcome).toBe('readable');
      expect(diagnosis.findings.map(({ code }) => code)).toContain('doctor-layer-down');
    } finally {
      await app.close();
    }
  });

  it('and so does the program', async () => {
    const origin = await stubborn(drip('HTTP/1.1 '));
    const args = ['doctor', `${origin}/a`, '--origin', PAGE, '--timeout', '0.5', '--audit'];
    const code = await new Promise((resolve) => {
      execFile(process.execPath, [CLI, ...args], (error) => resolve(error?.code ?? 0));
    });
    expect(code).toBe(3);
  });
});
