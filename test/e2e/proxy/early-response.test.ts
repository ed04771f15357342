import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RawPeer } from '../../fixtures/raw-peer.ts';
import { plain, startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { startGateway, startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';

const MEBI = 1024 * 1024;
const BIG = 50 * MEBI;
const CHUNK = Buffer.alloc(64 * 1024, 'x');

const closers: (() => Promise<void>)[] = [];
let upstream: RawUpstream;

async function proxyTo(script?: (peer: RawPeer) => Promise<void> | void, limits = {}): Promise<TestGateway> {
  upstream = await startRawUpstream(script);
  const gateway = await startProxy(upstream.url, limits);
  closers.push(gateway.close, upstream.close);
  return gateway;
}

beforeEach(() => {
  closers.length = 0;
});
afterEach(async () => {
  for (const close of closers) await close();
});

/** Uploads without ever looking at the answer before all is sent or the connection broke; then reads what there is. */
async function uploadBlindly(gateway: TestGateway, fields = `Content-Length: ${BIG}`): Promise<string> {
  const client = await gateway.connect();
  client.send(`POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n`);
  for (let sent = 0; sent < BIG && client.fate === ''; sent += CHUNK.length) {
    await Promise.race([client.deliver(CHUNK), client.gone]);
  }
  const answer = await client.rest();
  client.socket.destroy();
  return answer;
}

const REFUSAL = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 8\r\nConnection: close\r\n\r\ntoo much';

describe('an upstream that refuses a 50 MiB upload under way', () => {
  const endings: Record<string, (peer: RawPeer) => void> = {
    'closes with the body unread': (peer) => peer.socket.destroy(),
    resets: (peer) => peer.reset(),
    'sends no more and reads on': (peer) => peer.end(),
    'sends no more and reads nothing': (peer) => peer.end().socket.pause(),
    'stays as it is': () => {},
  };
  it.each(Object.entries(endings))('and then %s is heard', async (_, ending) => {
    const gateway = await proxyTo(async (peer) => {
      await peer.take(300_000);
      await peer.deliver(REFUSAL);
      ending(peer);
    });
    for (let i = 0; i < 5; i++) {
      const answer = await uploadBlindly(gateway);
      expect(answer).toMatch(/^HTTP\/1.1 413 .*\r\n\r\ntoo much$/s);
    }
    await gateway.quiet();
    expect(gateway.records.map(({ status, problem }) => [status, problem])).toEqual(
      Array.from({ length: 5 }, () => [413, undefined]),
    );
  });

  it('without having read a byte of it is heard, chunked too', async () => {
    const gateway = await proxyTo(async (peer) => {
      peer.socket.pause();
      await peer.deliver(REFUSAL);
      peer.socket.destroy();
    });
    for (let i = 0; i < 10; i++) {
      const client = await gateway.connect();
      client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
      const piece = `10000\r\n${'x'.repeat(65536)}\r\n`;
      for (let sent = 0; sent < 2 * MEBI && client.fate === ''; sent += 65536) {
        await Promise.race([client.deliver(piece), client.gone]);
      }
      const answer = await client.answer();
      expect([answer.status, answer.body.text]).toEqual([413, 'too much']);
      client.socket.destroy();
    }
    await gateway.quiet();
  });

  it('is heard by a client of Node, which loses what it has not read when its own connection breaks', async () => {
    const server: Server = createServer((_req, res) => {
      res.writeHead(413, { Connection: 'close' }).end('too much');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const gateway = await startProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    closers.push(gateway.close, async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    for (let i = 0; i < 5; i++) {
      const status = await new Promise((resolve, reject) => {
        const upload = request({ port: gateway.port, method: 'PUT', headers: { 'Content-Length': BIG } }, (res) => {
          res.resume().on('end', () => {
            resolve(res.statusCode);
            upload.destroy();
          });
        });
        upload.on('error', reject);
        upload.end(Buffer.alloc(BIG));
      });
      expect(status).toBe(413);
    }
    await gateway.quiet();
  });
});

describe('an upstream that ends an upload under way without a word', () => {
  it.each([
    ['closes', (peer: RawPeer) => peer.socket.destroy()],
    ['resets', (peer: RawPeer) => peer.reset()],
    ['says that it sends no more', (peer: RawPeer) => peer.end()],
  ])('and %s is a 502 that is heard', async (_, ending) => {
    const gateway = await proxyTo(async (peer) => {
      await peer.take(300_000);
      ending(peer);
    });
    expect(await uploadBlindly(gateway)).toMatch(/^HTTP\/1.1 502 .*"code":"upstream-reset"/s);
    await gateway.quiet();
  });
});

describe('a refusal of the gateway itself', () => {
  it('of a 50 MiB upload is heard', async () => {
    const gateway = await proxyTo(undefined, { limits: { body: '1MiB' } });
    for (const fields of [`Content-Length: ${BIG}`]) {
      const answer = await uploadBlindly(gateway, fields);
      expect(answer).toMatch(/^HTTP\/1.1 413 .*"code":"body-too-large"/s);
    }
    expect(upstream.accepted).toBe(0);
    await gateway.quiet();
  });

  it('of a body that turns out too large is heard, and the upstream is not left with half of it', async () => {
    const gateway = await proxyTo(undefined, { limits: { body: '1MiB' } });
    const client = await gateway.connect();
    client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    const piece = `10000\r\n${'x'.repeat(65536)}\r\n`;
    for (let sent = 0; sent < 4 * MEBI && client.fate === ''; sent += 65536) {
      await Promise.race([client.deliver(piece), client.gone]);
    }
    const answer = await client.answer();
    expect([answer.status, answer.problem]).toEqual([413, 'body-too-large']);
    client.socket.destroy();
    expect(await (await upstream.next()).gone).not.toBe('');
    await gateway.quiet();
  });
});

describe('an answer before the request is complete', () => {
  it('leaves the connection usable when the rest of the body is small', async () => {
    const gateway = await proxyTo(async (peer) => {
      await peer.head();
      peer.send(plain('early'));
    });
    const client = await gateway.connect();
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello');
    expect((await client.answer()).body.text).toBe('early');
    client.send('world');
    expect((await client.ask('/')).body.text).toBe('early');
    client.end();
    await gateway.quiet(1);
  });

  it('closes the connection in good order when the rest is large', async () => {
    const gateway = await proxyTo(async (peer) => {
      await peer.head();
      peer.send(plain('early'));
    });
    const answer = await uploadBlindly(gateway);
    expect(answer).toMatch(/\r\nConnection: close\r\n\r\nearly$/);
    await gateway.quiet();
  });

  it('may be long and streamed while the body still comes', async () => {
    const gateway = await proxyTo(async (peer) => {
      await peer.head();
      peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      for (;;) {
        const piece = await peer.take(10);
        peer.send(`a\r\n${piece}\r\n`);
        if (piece === '0123456789') break;
      }
      peer.send('0\r\n\r\n');
    });
    const client = await gateway.connect();
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\n');
    expect((await client.head()).status).toBe(200);
    for (const piece of ['abcdefghij', 'klmnopqrst', '0123456789']) {
      client.send(piece);
      expect(await client.chunk()).toBe(piece);
    }
    expect(await client.chunk()).toBe('');
    await client.until('\r\n');
    client.end();
    await gateway.quiet(1);
  });
});

describe('a response that closes its connection', () => {
  it('reaches a slow reader to its last byte, however long that takes', async () => {
    const size = 32 * MEBI;
    const gateway = await startGateway({
      routes: [{ path: '/*', respond: { body: 'y'.repeat(size) } }],
    });
    closers.push(gateway.close);
    const client = await gateway.connect();
    client.socket.pause();
    client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    // Longer than a closed connection lingers.
    await new Promise((resolve) => setTimeout(resolve, 3000));
    client.socket.resume();
    const answer = await client.answer();
    expect(answer.body.text.length).toBe(size);
    client.end();
    await gateway.quiet();
  });

  it('is not cut when the client is still sending a body that nobody reads', async () => {
    const size = 4 * MEBI;
    const gateway = await proxyTo(async (peer) => {
      await peer.head();
      peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`).send(Buffer.alloc(size, 'z')).end();
    });
    const client = await gateway.connect();
    client.socket.pause();
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${BIG}\r\n\r\n`);
    let sent = 0;
    const more = (): void => {
      while (sent < BIG && client.fate === '') {
        sent += CHUNK.length;
        if (!client.socket.write(CHUNK)) {
          client.socket.once('drain', more);
          return;
        }
      }
    };
    more();
    client.socket.resume();
    expect((await client.answer()).body.text.length).toBe(size);
    client.socket.destroy();
    await gateway.quiet();
  });
});
