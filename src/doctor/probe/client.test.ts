import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest';
import { CertificateAuthority } from '../../../test/fixtures/certificates.ts';
import { makeTempFolder, type TempFolder } from '../../../test/fixtures/temp-folder.ts';
import { readFileSync } from 'node:fs';
import { ProbeClient, type ProbeClientOptions } from './client.ts';
import type { Probe } from './types.ts';

const open: Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
  for (const server of open.splice(0)) server.close();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});

async function listen(server: Server): Promise<number> {
  open.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A server that answers the first bytes of a connection in its own way. */
function speaking(answer: (socket: Socket, request: string) => void): Promise<number> {
  return listen(
    createServer((socket) => {
      socket.once('data', (bytes) => answer(socket, bytes.toString('latin1')));
    }),
  );
}

function get(port: number, options: ProbeClientOptions = {}, method = 'GET'): Promise<Probe> {
  return new ProbeClient(options).ask({ url: `http://127.0.0.1:${port}/a?b`, method, headers: [['X-One', '1']] });
}

describe('an answer', () => {
  it('is kept byte for byte: repeated lines, their case, their whitespace', async () => {
    let request = '';
    const port = await speaking((socket, text) => {
      request = text;
      socket.end(
        'HTTP/1.1 200  Fine\r\naccess-control-ALLOW-origin:\thttps://a.example \r\nVary: a\r\nVary:b\r\nX: \xe9\r\n\r\nbody',
        'latin1',
      );
    });
    const { response, address } = await get(port);
    expect(request).toBe(`GET /a?b HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-One: 1\r\nConnection: close\r\n\r\n`);
    expect(address).toBe(`127.0.0.1:${port}`);
    expect(response?.rawHead).toEqual([
      'HTTP/1.1 200  Fine',
      'access-control-ALLOW-origin:\thttps://a.example ',
      'Vary: a',
      'Vary:b',
      'X: \xe9',
    ]);
    expect(response?.headers).toEqual([
      ['access-control-ALLOW-origin', 'https://a.example'],
      ['Vary', 'a'],
      ['Vary', 'b'],
      ['X', '\xe9'],
    ]);
    expect(response).toMatchObject({ status: 200, body: 'body' });
  });

  it('may come after interim ones, in chunks, with bare line feeds, and folded', async () => {
    const port = await speaking((socket) =>
      socket.write(
        'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 404 No\nTransfer-Encoding: chunked\nX: a\n  b\n\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n',
      ),
    );
    const { response } = await get(port);
    expect(response).toMatchObject({ status: 404, body: 'abcde' });
    expect(response?.headers).toContainEqual(['X', 'a b']);
  });

  it('needs no end of the connection', async () => {
    const port = await speaking((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
    expect((await get(port, { body: 20_000 })).response?.body).toBe('ok');
    const head = await speaking((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n'));
    expect((await get(head, { body: 20_000 }, 'HEAD')).response?.status).toBe(200);
  });
});

describe('a server', () => {
  it.each([
    ['that says nothing', () => {}, 'timeout'],
    ['that hangs up', (socket: Socket) => socket.end(), 'closed'],
    ['that resets', (socket: Socket) => socket.resetAndDestroy(), 'reset'],
    ['that speaks something else', (socket: Socket) => socket.write('220 mail ESMTP\r\n'), 'malformed'],
    ['that speaks something like it', (socket: Socket) => socket.write('HTTP/1.1 abc\r\n\r\n'), 'malformed'],
    ['whose head has no end', (socket: Socket) => flood(socket), 'head-too-large'],
  ])('%s is a failure with a name', async (_, answer, kind) => {
    const port = await speaking(answer);
    expect((await get(port, { each: 300 })).failure?.kind).toBe(kind);
  });

  it('that drips its head, or its body, is left after the time for one request', async () => {
    const drip = (text: string) => (socket: Socket) => {
      socket.write(text);
      const timer = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(timer));
    };
    const head = await get(await speaking(drip('HTTP/1.1 200 OK\r\nX: ')), { each: 200 });
    expect(head.failure?.kind).toBe('timeout');
    const body = await get(await speaking(drip('HTTP/1.1 200 OK\r\n\r\n')), { body: 200 });
    expect(body.response?.status).toBe(200);
    expect(body.timings.end).toBeLessThan(5_000);
  });

  it('gets no more of the whole time than there is', async () => {
    const client = new ProbeClient({ total: 150 });
    const url = `http://127.0.0.1:${await speaking(() => {})}/`;
    const ask = () => client.ask({ url, method: 'GET', headers: [] });
    expect((await ask()).failure?.kind).toBe('timeout');
    expect((await ask()).failure?.detail).toContain('whole diagnosis');
  });

  it("that isn't there is refused, or unknown", async () => {
    const port = await speaking(() => {});
    open.splice(0).forEach((server) => server.close());
    expect((await get(port)).failure?.kind).toBe('refused');
    const unknown = await new ProbeClient().ask({ url: 'http://nowhere.invalid/', method: 'GET', headers: [] });
    expect(unknown.failure?.kind).toBe('dns');
  });
});

function flood(socket: Socket): void {
  socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`);
}

describe('what may be sent', () => {
  it.each(['POST', 'PUT', 'DELETE', 'get', 'TRACE'])('%s is not, without leave', async (method) => {
    let asked = false;
    const port = await speaking(() => (asked = true));
    await expect(get(port, {}, method)).rejects.toThrow('without leave');
    expect(asked).toBe(false);
  });

  it('nothing breaks out of its line', async () => {
    const port = await speaking((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
    const ask = (headers: [string, string][]) =>
      new ProbeClient().ask({ url: `http://127.0.0.1:${port}/`, method: 'GET', headers });
    await expect(ask([['X', 'a\r\nY: b']])).rejects.toThrow("can't be sent");
    await expect(ask([['X Y', 'a']])).rejects.toThrow("can't be sent");
  });
});

describe('over TLS', () => {
  let folder: TempFolder;
  let authority: CertificateAuthority;
  beforeAll(() => {
    folder = makeTempFolder();
    authority = new CertificateAuthority(folder.path, 'doctor-ca');
  });
  afterAll(() => folder.remove());

  async function asked(names: string[], days: number, trusted: boolean): Promise<Probe> {
    const port = await listen(
      createTlsServer(authority.issue(names, days), (socket) => {
        socket.on('error', () => {});
        socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
      }),
    );
    const ca = trusted ? { ca: readFileSync(authority.file, 'utf8') } : {};
    return new ProbeClient(ca).ask({ url: `https://localhost:${port}/`, method: 'GET', headers: [] });
  }

  it('a certificate that is trusted is no matter', async () => {
    const probe = await asked(['DNS:localhost'], 30, true);
    expect(probe.response?.status).toBe(200);
    expect(probe.certificate?.names).toContain('localhost');
  });

  it.each([
    ['of an authority that nobody knows', ['DNS:localhost'], 30, false, 'tls-untrusted'],
    ['for another host', ['DNS:other.example'], 30, true, 'tls-name'],
    ['that has expired', ['DNS:localhost'], -1, true, 'tls-expired'],
  ])('a certificate %s has its own name', async (_, names, days, trusted, kind) => {
    const probe = await asked(names, days, trusted);
    expect(probe.response).toBeUndefined();
    expect(probe.failure?.kind).toBe(kind);
  });

  it('a server without TLS is a handshake that fails', async () => {
    const port = await speaking((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const probe = await new ProbeClient().ask({ url: `https://localhost:${port}/`, method: 'GET', headers: [] });
    expect(probe.failure?.kind).toBe('tls-handshake');
  });
});
