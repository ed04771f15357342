import { afterEach, describe, expect, it } from 'vitest';
import type { RawClient } from '../../fixtures/raw-client.ts';
import type { RawPeer } from '../../fixtures/raw-peer.ts';
import { plain, startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';

const closers: (() => Promise<void>)[] = [];
let upstream: RawUpstream;
let gateway: TestGateway;

/** A server whose first connection misbehaves after one good exchange if `warm`; every later one is as it should be. */
async function misbehave(fault: (peer: RawPeer) => Promise<void> | void, { warm = false } = {}): Promise<RawClient> {
  upstream = await startRawUpstream(async (peer, index) => {
    if (index === 0 && warm) {
      await peer.head();
      peer.send(plain('warm'));
    }
    for (;;) {
      const head = await peer.head();
      await peer.body(head);
      if (index === 0) return fault(peer);
      peer.send(plain('fine'));
    }
  });
  gateway = await startProxy(upstream.url);
  closers.push(gateway.close, upstream.close);
  const client = await gateway.connect();
  if (warm) expect((await client.ask('/warm')).body.text).toBe('warm');
  return client;
}

/** The same client, or a new one if its connection had to be cut, asks again and is served; nothing is left behind. */
async function expectUnharmed(client: RawClient): Promise<void> {
  const next = client.fate === '' ? client : await gateway.connect();
  expect((await next.ask('/next')).body.text).toBe('fine');
  next.end();
  client.socket.destroy();
  await gateway.quiet(1);
  expect(upstream.open).toBeLessThanOrEqual(1);
  expect(gateway.lines).toEqual([]);
}

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const head = (fields: string): string => `HTTP/1.1 200 OK\r\n${fields}\r\n`;

const MALFORMED: Readonly<Record<string, string>> = {
  'no HTTP at all': 'SSH-2.0-OpenSSH_9.2\r\n',
  'an empty line first': '\r\nHTTP/1.1 200 OK\r\n\r\n',
  'HTTP/2': 'HTTP/2 200\r\n\r\n',
  'a status of two digits': 'HTTP/1.1 20 OK\r\n\r\n',
  'a status of four digits': 'HTTP/1.1 2000 OK\r\n\r\n',
  'a status of 0': 'HTTP/1.1 000 No\r\n\r\n',
  'a status of 999': 'HTTP/1.1 999 No\r\n\r\n',
  'no space behind the status': 'HTTP/1.1 200OK\r\n\r\n',
  'Content-Length with Transfer-Encoding': `${head('Content-Length: 2\r\nTransfer-Encoding: chunked\r\n')}2\r\nok\r\n0\r\n\r\n`,
  'two lengths': `${head('Content-Length: 2\r\nContent-Length: 3\r\n')}ok!`,
  'the same length twice': `${head('Content-Length: 2\r\nContent-Length: 2\r\n')}ok`,
  'a list of lengths': `${head('Content-Length: 2, 2\r\n')}ok`,
  'a signed length': `${head('Content-Length: +2\r\n')}ok`,
  'a negative length': `${head('Content-Length: -2\r\n')}ok`,
  'a length past 2^53': `${head('Content-Length: 99999999999999999\r\n')}ok`,
  'another coding than chunked': `${head('Transfer-Encoding: gzip, chunked\r\n')}0\r\n\r\n`,
  'a coding in HTTP/1.0': 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'a folded field': head('X-A: 1\r\n 2\r\nContent-Length: 0\r\n'),
  'a space before the colon': head('X-A : 1\r\nContent-Length: 0\r\n'),
  'a bare LF': head('X-A: 1\nX-B: 2\r\nContent-Length: 0\r\n'),
  'a NUL': head('X-A: \0\r\nContent-Length: 0\r\n'),
  'a bare CR': head('X-A: a\rb\r\nContent-Length: 0\r\n'),
  'a line without a colon': head('nonsense\r\nContent-Length: 0\r\n'),
  'a head without an end': head(`X-A: ${'a'.repeat(70_000)}\r\nContent-Length: 0\r\n`),
  'more lines than anybody needs': head(`${'X-A: 1\r\n'.repeat(300)}Content-Length: 0\r\n`),
};

describe('an answer with', () => {
  it.each(Object.entries(MALFORMED))(
    '%s is a 502, its connection is over, the next request is fine',
    async (_, bytes) => {
      const client = await misbehave((peer) => {
        peer.send(bytes);
      });
      const answer = await client.ask('/');
      expect([answer.status, answer.problem]).toEqual([502, 'upstream-malformed']);
      await expectUnharmed(client);
      expect(gateway.records[0]).toMatchObject({ status: 502, problem: 'upstream-malformed' });
      expect(gateway.records[0]?.upstreamFailure).toBeTruthy();
    },
  );
});

describe('an answer that breaks off', () => {
  const endings: Record<string, (peer: RawPeer) => void> = {
    closes: (peer) => peer.end(),
    resets: (peer) => peer.reset(),
  };
  it.each(Object.entries(endings))('before its first byte when the server %s is a 502', async (_, ending) => {
    const client = await misbehave(ending);
    const answer = await client.ask('/');
    expect([answer.status, answer.problem]).toEqual([502, 'upstream-reset']);
    await expectUnharmed(client);
  });

  it.each(Object.entries(endings))('in its head when the server %s is a 502', async (_, ending) => {
    const client = await misbehave(async (peer) => {
      await peer.deliver('HTTP/1.1 200 OK\r\nX-Half: ');
      ending(peer);
    });
    const answer = await client.ask('/');
    expect([answer.status, answer.problem]).toEqual([502, 'upstream-reset']);
    await expectUnharmed(client);
  });

  it.each(Object.entries(endings))(
    'in a body of known length when the server %s is seen to be broken',
    async (_, ending) => {
      const client = await misbehave(async (peer) => {
        await peer.deliver(`${head('Content-Length: 100\r\n')}half`);
        setImmediate(() => ending(peer));
      });
      await expect(client.ask('/')).rejects.toThrow('before "100 bytes"');
      await expectUnharmed(client);
      expect(gateway.records[0]).toMatchObject({ status: 200, aborted: 'upstream-reset' });
    },
  );

  it.each(Object.entries(endings))('in a chunked body when the server %s is seen to be broken', async (_, ending) => {
    const client = await misbehave(async (peer) => {
      await peer.deliver(`${head('Transfer-Encoding: chunked\r\n')}4\r\nhalf\r\n`);
      setImmediate(() => ending(peer));
    });
    await expect(client.ask('/')).rejects.toThrow('before');
    expect(client.received).not.toContain('\r\n0\r\n');
    await expectUnharmed(client);
  });

  it('by a reset, where only the end would say that it is whole, is seen to be broken', async () => {
    const client = await misbehave(async (peer) => {
      await peer.deliver(`${head('')}half`);
      setTimeout(() => peer.reset(), 50);
    });
    await expect(client.ask('/')).rejects.toThrow('before');
    await expectUnharmed(client);
  });

  it('is seen to be broken by a client of HTTP/1.0, to whom a mere end would say that it is whole', async () => {
    const client = await misbehave(async (peer) => {
      await peer.deliver(`${head('Transfer-Encoding: chunked\r\n')}4\r\nhalf\r\n`);
      setTimeout(() => peer.end(), 50);
    });
    client.send('GET / HTTP/1.0\r\nHost: a\r\n\r\n');
    expect((await client.head()).status).toBe(200);
    expect(await client.gone).toBe('reset');
    await expectUnharmed(client);
  });
});

const BAD_CHUNKS: Readonly<Record<string, string>> = {
  'a size that is no number': 'zz\r\nok\r\n0\r\n\r\n',
  'a size with 0x': '0x2\r\nok\r\n0\r\n\r\n',
  'more bytes than the size says': '2\r\nokay\r\n0\r\n\r\n',
  'lines that end in LF': '2\nok\n0\n\n',
  'a size of 2^64': '10000000000000000\r\n',
  'trailers that frame': '0\r\nContent-Length: 4\r\n\r\n',
  'trailers that are no fields': '0\r\nnonsense\r\n\r\n',
};

describe('a chunked body with', () => {
  it.each(Object.entries(BAD_CHUNKS))('%s is cut, so that nobody takes it for whole', async (_, chunks) => {
    const client = await misbehave(async (peer) => {
      await peer.deliver(`${head('Transfer-Encoding: chunked\r\n')}4\r\ngood\r\n`);
      setTimeout(() => peer.send(chunks), 20);
    });
    await expect(client.ask('/')).rejects.toThrow('before');
    await expectUnharmed(client);
    expect(gateway.records[0]).toMatchObject({ status: 200, aborted: 'upstream-malformed' });
    expect(gateway.records[0]?.upstreamFailure).toMatch(/chunk|trailers|header|CRLF|bytes/);
  });
});

describe('bytes that nobody asked for', () => {
  it('on an idle connection end it, and the next request goes out on a fresh one', async () => {
    const client = await misbehave(() => {}, { warm: true });
    // The first connection is idle now; its script waits for a request that must not come.
    const [peer] = upstream.peers;
    peer?.send(plain('poison'));
    await peer?.gone;
    expect((await client.ask('/')).body.text).toBe('fine');
    await expectUnharmed(client);
  });

  it('behind a whole answer end its connection', async () => {
    const client = await misbehave((peer) => {
      peer.send(plain('mine') + plain('poison'));
    });
    expect((await client.ask('/')).body.text).toBe('mine');
    expect((await client.ask('/')).body.text).toBe('fine');
    await expectUnharmed(client);
  });

  it('behind an answer without a body end its connection', async () => {
    for (const status of ['204 No Content', '304 Not Modified']) {
      const client = await misbehave((peer) => {
        peer.send(`HTTP/1.1 ${status}\r\n\r\n${plain('poison')}`);
      });
      expect((await client.ask('/')).status).toBe(Number(status.slice(0, 3)));
      expect((await client.ask('/')).body.text).toBe('fine');
      await expectUnharmed(client);
    }
  });

  it('behind the last chunk end its connection', async () => {
    const client = await misbehave((peer) => {
      peer.send(`${head('Transfer-Encoding: chunked\r\n')}2\r\nok\r\n0\r\n\r\n${plain('poison')}`);
    });
    expect((await client.ask('/')).body.text).toBe('ok');
    expect((await client.ask('/')).body.text).toBe('fine');
    await expectUnharmed(client);
  });

  it('as the body of an answer to HEAD end its connection', async () => {
    const client = await misbehave((peer) => {
      peer.send(plain('body'));
    });
    expect((await client.ask('/', { method: 'HEAD' })).status).toBe(200);
    expect((await client.ask('/')).body.text).toBe('fine');
    await expectUnharmed(client);
  });
});

describe('a server that cannot be reached', () => {
  it('because it refuses is a 502 of its own, and is asked again by the next request', async () => {
    const probe = await startRawUpstream();
    await probe.close();
    gateway = await startProxy(probe.url);
    closers.push(gateway.close);
    const client = await gateway.connect();
    for (let i = 0; i < 3; i++) {
      const answer = await client.ask('/', { method: 'POST', fields: 'Content-Length: 5\r\n', body: 'hello' });
      expect([answer.status, answer.problem]).toEqual([502, 'upstream-refused']);
    }
    client.end();
    await gateway.quiet();
  });

  it('because it refuses is told the same by name, whose addresses all refuse', async () => {
    const probe = await startRawUpstream();
    await probe.close();
    gateway = await startProxy(`http://localhost:${probe.port}`);
    closers.push(gateway.close);
    const client = await gateway.connect();
    const answer = await client.ask('/');
    expect([answer.status, answer.problem]).toEqual([502, 'upstream-refused']);
    client.end();
    await gateway.quiet();
  });

  it('because its name does not resolve is a 502 of its own', async () => {
    gateway = await startProxy('http://no-such-host.invalid');
    closers.push(gateway.close);
    const client = await gateway.connect();
    const answer = await client.ask('/');
    expect([answer.status, answer.problem]).toEqual([502, 'upstream-unreachable']);
    client.end();
    await gateway.quiet();
  });

  it.each([5, 10_000_000])('is passed over for one that can, also with a body of %i bytes', async (size) => {
    const dead = await startRawUpstream();
    await dead.close();
    const alive = await startRawUpstream(async (peer) => {
      for (;;) peer.send(plain(`${(await peer.body(await peer.head())).text.length}`));
    });
    gateway = await startProxy([dead.url, alive.url]);
    closers.push(gateway.close, alive.close);
    const client = await gateway.connect();
    for (let i = 0; i < 4; i++) {
      const fields = `Content-Length: ${size}\r\n`;
      const answer = await client.ask('/', { method: 'POST', fields, body: 'x'.repeat(size) });
      expect([answer.status, answer.body.text]).toEqual([200, `${size}`]);
    }
    client.end();
    await gateway.quiet(1);
  });
});
