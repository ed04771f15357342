import { afterEach, describe, expect, it } from 'vitest';
import { eventually, PAGE, startGuarded, type Guarded } from '../../fixtures/guarded.ts';
import type { RawAnswer } from '../../fixtures/raw-client.ts';
import { answerAll, plain, type Script } from '../../fixtures/raw-upstream.ts';

let stage: Guarded;

afterEach(() => stage.close());

const ORIGIN = `Origin: ${PAGE}\r\n`;
const ask = (method = 'GET', body = ''): Promise<RawAnswer> => {
  const fields = body === '' ? ORIGIN : `${ORIGIN}Content-Length: ${body.length}\r\n`;
  return stage.client.ask('/api/x', { method, fields, body });
};

/** Answers one request, and resets its connection at the next; other connections are well. */
const diesOnce: Script = async (peer, index) => {
  const head = await peer.head();
  await peer.body(head);
  peer.send(plain(index === 0 ? 'first' : head.start));
  if (index > 0) return answerAll(peer, plain('more'));
  await peer.head();
  peer.reset();
};

describe('connections to a third party', () => {
  it('are kept and used again', async () => {
    stage = await startGuarded({ script: (peer) => answerAll(peer, plain('hello')) });
    for (let i = 0; i < 5; i++) expect((await ask()).status).toBe(200);
    expect((await ask('POST', 'hello')).status).toBe(200);
    expect([stage.api.accepted, stage.gateway.gateway.connections.upstreams]).toEqual([1, 1]);
    expect(stage.dns.asked.filter(({ type }) => type === 'A')).toHaveLength(1);
  });

  it.each<[string, string]>([
    ['GET', ''],
    ['PUT', 'hello'],
    ['POST', ''],
  ])('that die as %s %j goes out are replaced, and nobody notices', async (method, body) => {
    stage = await startGuarded({ script: diesOnce });
    expect((await ask()).body.text).toBe('first');
    expect((await ask(method, body)).body.text).toBe(`${method} /x HTTP/1.1`);
    expect(stage.api.accepted).toBe(2);
  });

  it('that die at each hop are replaced at each hop', async () => {
    stage = await startGuarded({
      script: async (peer, index) => {
        await peer.head();
        if (index === 0) peer.send(plain('first'));
        else if (index === 1) peer.send('HTTP/1.1 302 X\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n');
        else return void peer.send(plain('last'));
        await peer.head();
        peer.reset();
      },
    });
    expect((await ask()).body.text).toBe('first');
    expect((await ask()).body.text).toBe('last');
    expect(stage.api.accepted).toBe(3);
  });

  it('that die as something goes out which mustn’t be sent twice are a failure', async () => {
    stage = await startGuarded({ script: diesOnce });
    expect((await ask()).body.text).toBe('first');
    expect((await ask('POST', 'order')).problem).toBe('upstream-reset');
    expect(stage.api.accepted).toBe(1);
  });

  it('serve requests of one client in the order in which they came', async () => {
    stage = await startGuarded({
      script: async (peer) => {
        for (;;) {
          const { start } = await peer.head();
          peer.send(plain(start));
        }
      },
    });
    const paths = ['/api/1', '/api/2', '/else', '/api/3'];
    stage.client.send(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: g\r\n\r\n`).join(''));
    const answers = [];
    for (const _ of paths) answers.push(await stage.client.answer());
    expect(answers.map(({ status, body }) => (status === 200 ? body.text : status))).toEqual([
      'GET /1 HTTP/1.1',
      'GET /2 HTTP/1.1',
      404,
      'GET /3 HTTP/1.1',
    ]);
  });

  it('are closed with the gateway, idle ones at once and the others after what is under way', async () => {
    stage = await startGuarded();
    const request = `GET /api/x HTTP/1.1\r\nHost: g\r\n\r\n`;
    stage.client.send(request);
    const peer = await stage.api.next();
    await peer.head();
    const other = await stage.gateway.connect();
    other.send(request);
    const idle = await stage.api.next();
    idle.send(plain('first'));
    await other.answer();
    other.end();
    const closed = stage.gateway.gateway.close({ deadline: 10_000 });
    await idle.gone;
    expect(peer.fate).toBe('');
    peer.send(plain('last'));
    expect((await stage.client.answer()).body.text).toBe('last');
    stage.client.end();
    await closed;
    await peer.gone;
  });

  it('are cut with the gateway once its patience ends, and nothing waits for a name', async () => {
    stage = await startGuarded();
    stage.client.send(`GET /api/x HTTP/1.1\r\nHost: g\r\n\r\n`);
    const peer = await stage.api.next();
    await peer.head();
    stage.dns.set('other.test', { delay: 'never' });
    await stage.gateway.close();
    await peer.gone;
    await eventually(() => expect(stage.gateway.gateway.connections).toEqual({ clients: 0, upstreams: 0 }));
  });
});

describe('a redirect in the middle of an upload', () => {
  it('that makes a GET of it goes on without the rest', async () => {
    const starts: string[] = [];
    stage = await startGuarded({
      script: async (peer, index) => {
        starts.push((await peer.head()).start);
        if (index > 0) {
          peer.send(plain('done'));
          return answerAll(peer, plain('more'));
        }
        await peer.take(5);
        peer.send('HTTP/1.1 303 X\r\nLocation: /done\r\nContent-Length: 0\r\n\r\n');
      },
    });
    stage.client.send(`POST /api/x HTTP/1.1\r\nHost: g\r\n${ORIGIN}Content-Length: 10\r\n\r\nfirst`);
    expect((await stage.client.answer()).body.text).toBe('done');
    expect(starts).toEqual(['POST /x HTTP/1.1', 'GET /done HTTP/1.1']);
    // What the client still sends is its own request's.
    stage.client.send(`later`);
    expect((await ask()).status).toBe(200);
  });

  it('that makes a GET of it never tells a waiting client to go on', async () => {
    stage = await startGuarded({
      script: async (peer) => {
        await peer.head();
        peer.send('HTTP/1.1 303 X\r\nLocation: /done\r\nContent-Length: 0\r\n\r\n');
        await peer.head();
        // Longer than a client is left without the word.
        setTimeout(() => peer.send(plain('done')), 1500);
      },
    });
    stage.client.send(`POST /api/x HTTP/1.1\r\nHost: g\r\n${ORIGIN}Content-Length: 10\r\nExpect: 100-continue\r\n\r\n`);
    expect((await stage.client.answer('POST')).status).toBe(200);
  });

  it('that wants it again, on a kept connection', async () => {
    const bodies: string[] = [];
    stage = await startGuarded({
      script: async (peer) => {
        for (const answer of [
          plain('first'),
          'HTTP/1.1 307 X\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n',
          plain('done'),
        ]) {
          bodies.push((await peer.body(await peer.head())).text);
          peer.send(answer);
        }
      },
    });
    expect((await ask()).body.text).toBe('first');
    expect((await ask('POST', 'hello')).body.text).toBe('done');
    expect(bodies).toEqual(['', 'hello', 'hello']);
    expect(stage.api.accepted).toBe(1);
  });

  it('that comes before a waiting client was told to go on never asks for it', async () => {
    stage = await startGuarded({
      script: async (peer) => {
        await peer.head();
        peer.send('HTTP/1.1 303 X\r\nLocation: /done\r\nContent-Length: 0\r\nConnection: close\r\n\r\n').end();
      },
    });
    stage.dns.set('api.test', { a: ['127.0.0.1'] });
    stage.client.send(`POST /api/x HTTP/1.1\r\nHost: g\r\n${ORIGIN}Content-Length: 10\r\nExpect: 100-continue\r\n\r\n`);
    const answer = await stage.client.answer('POST');
    expect(answer.problem).toBe('guard-too-many-redirects');
  });

  it('that wants all of it again waits for the rest where it fits', async () => {
    const bodies: string[] = [];
    stage = await startGuarded({
      guard: { redirectHosts: 'http://other.test', allowPrivate: ['api.test', 'other.test'] },
      script: async (peer, index) => {
        const head = await peer.head();
        if (index === 0) {
          await peer.chunk();
          return void peer.send(
            `HTTP/1.1 307 X\r\nLocation: http://api.test:${stage.api.port}/again\r\nContent-Length: 0\r\n\r\n`,
          );
        }
        bodies.push((await peer.body(head)).text);
        peer.send(plain('done'));
      },
    });
    stage.client.send(`POST /api/x HTTP/1.1\r\nHost: g\r\n${ORIGIN}Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n`);
    await eventually(() => expect(stage.api.accepted).toBe(2));
    stage.client.send('6\r\n later\r\n');
    stage.client.send('0\r\n\r\n');
    expect((await stage.client.answer()).body.text).toBe('done');
    expect(bodies).toEqual(['first later']);
  });

  it('that wants all of it again while more comes than is kept has the client wait', async () => {
    let received = 0;
    stage = await startGuarded({
      guard: (port) => ({ redirectHosts: `http://other.test:${port}`, allowPrivate: ['api.test', 'other.test'] }),
      script: async (peer, index) => {
        const head = await peer.head();
        if (index > 0) {
          received = (await peer.body(head)).text.length;
          return void peer.send(plain('done'));
        }
        await peer.take(60_000);
        peer.send(`HTTP/1.1 307 X\r\nLocation: http://other.test:${stage.api.port}/\r\nContent-Length: 0\r\n\r\n`);
      },
    });
    const lookedUp = new Promise((resolve) =>
      stage.dns.set('other.test', () => {
        resolve(undefined);
        return { a: ['127.0.0.1'], delay: 300 };
      }),
    );
    stage.client.send(
      `POST /api/x HTTP/1.1\r\nHost: g\r\n${ORIGIN}Content-Length: 500000\r\n\r\n${'x'.repeat(60_000)}`,
    );
    await lookedUp;
    stage.client.send('x'.repeat(440_000));
    expect((await stage.client.answer('POST')).body.text).toBe('done');
    expect(received).toBe(500_000);
  });

  it('has no more of it read meanwhile than can be kept', async () => {
    stage = await startGuarded({
      guard: { maxBody: 0, redirectHosts: 'http://other.test', allowPrivate: ['api.test', 'other.test'] },
      script: async (peer) => {
        await peer.head();
        await peer.take(5);
        peer.send('HTTP/1.1 307 X\r\nLocation: http://other.test/\r\nContent-Length: 0\r\n\r\n');
      },
    });
    stage.dns.set('other.test', { delay: 'never' });
    stage.client.send(`POST /api/x HTTP/1.1\r\nHost: g\r\n${ORIGIN}Content-Length: 50000000\r\n\r\nfirst`);
    await eventually(() => expect(stage.dns.asked.some(({ name }) => name === 'other.test')).toBe(true));
    stage.client.send('x'.repeat(40_000_000));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(stage.client.socket.writableLength).toBeGreaterThan(0);
    stage.client.socket.destroy();
    await stage.gateway.quiet();
  });
});
