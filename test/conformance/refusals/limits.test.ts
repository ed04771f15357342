import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawPeer } from '../../fixtures/raw-peer.ts';
import { answerAll, plain, startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';
import { Llhttp } from '../llhttp/oracle.ts';

const ORIGIN = 'https://app.test';
const LIMITS = { requestLine: 1024, headers: 4096, headerCount: 10, body: 100 };

let upstream: RawUpstream;
let gateway: TestGateway;
const peers: RawPeer[] = [];

beforeAll(async () => {
  upstream = await startRawUpstream((peer) => {
    peers.push(peer);
    return answerAll(peer, plain('fine'));
  });
  gateway = await startProxy(upstream.url, { limits: LIMITS, cors: { default: { origins: [ORIGIN] } } });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const START = `POST /x HTTP/1.1\r\nHost: a.test\r\nOrigin: ${ORIGIN}\r\n`;
const END = '\r\n\r\n';

function get(target: string): string {
  return `GET ${target} HTTP/1.1\r\nHost: a.test\r\nOrigin: ${ORIGIN}\r\n\r\n`;
}

/** A head of exactly so many bytes. */
function headOf(bytes: number): string {
  const [before, after] = [`GET /x HTTP/1.1\r\nHost: a.test\r\nOrigin: ${ORIGIN}\r\nX-A: `, END];
  return before + 'a'.repeat(bytes - before.length - after.length) + after;
}

/** A request line of exactly so many bytes, its CRLF not counted. */
function lineOf(bytes: number): string {
  return get(`/${'a'.repeat(bytes - 'GET / HTTP/1.1'.length)}`);
}

const REFUSED: readonly [name: string, bytes: string, status: number, code: string, withoutOrigin?: boolean][] = [
  ['a request line over the limit', lineOf(LIMITS.requestLine + 20), 414, 'target-too-long'],
  ['a request line far over the limit', lineOf(100_000), 414, 'target-too-long', true],
  ['a head one byte over the limit', headOf(LIMITS.headers + 1), 431, 'head-too-large'],
  ['a head far over the limit', headOf(100_000), 431, 'head-too-large'],
  [
    'one header line too many',
    START + 'X-A: 1\r\n'.repeat(LIMITS.headerCount - 1) + END.slice(2),
    431,
    'too-many-headers',
  ],
  ['a thousand header lines', START + 'A:\r\n'.repeat(1000) + END.slice(2), 431, 'too-many-headers'],
  ['a Content-Length over the limit', `${START}Content-Length: 101${END}`, 413, 'body-too-large'],
  ['a Content-Length far over the limit', `${START}Content-Length: 9007199254740991${END}`, 413, 'body-too-large'],
  [
    'a Content-Length over the limit, with the body',
    `${START}Content-Length: 101${END}${'a'.repeat(101)}`,
    413,
    'body-too-large',
  ],
  [
    'a Content-Length over the limit, whose body waits for 100',
    `${START}Expect: 100-continue\r\nContent-Length: 101${END}`,
    413,
    'body-too-large',
  ],
  [
    'a chunk over the limit',
    `${START}Transfer-Encoding: chunked${END}65\r\n${'a'.repeat(101)}\r\n0\r\n\r\n`,
    413,
    'body-too-large',
  ],
  [
    'chunks that add up to more than the limit',
    `${START}Transfer-Encoding: chunked${END}${'1\r\na\r\n'.repeat(101)}0\r\n\r\n`,
    413,
    'body-too-large',
  ],
];

const ACCEPTED: readonly [name: string, bytes: string][] = [
  ['a request line at the limit', lineOf(LIMITS.requestLine)],
  ['a head at the limit', headOf(LIMITS.headers)],
  ['as many header lines as allowed', START + 'X-A: 1\r\n'.repeat(LIMITS.headerCount - 2) + END.slice(2)],
  ['a body at the limit', `${START}Content-Length: 100${END}${'a'.repeat(100)}`],
  ['a chunked body at the limit', `${START}Transfer-Encoding: chunked${END}64\r\n${'a'.repeat(100)}\r\n0\r\n\r\n`],
];

describe('limits', () => {
  for (const [name, bytes, status, code, withoutOrigin = false] of REFUSED) {
    it(`refuse ${name}, readably, and the upstream sees no whole request`, async () => {
      const seen = new Map(peers.map((peer) => [peer, peer.received.length]));
      const client = await gateway.connect();
      client.send(bytes);
      const answer = await client.answer();
      expect([answer.status, answer.problem]).toEqual([status, code]);
      expect(JSON.parse(answer.body.text)).toMatchObject({ requestId: expect.stringMatching(/^\S+$/) });
      // Where the head isn't read to its Origin, nothing can be said to it.
      expect(answer.head.all('access-control-allow-origin')).toEqual(withoutOrigin ? [] : [ORIGIN]);
      client.end();
      await client.closed;
      const llhttp = new Llhttp('request');
      for (const peer of peers) {
        const { messages } = llhttp.read(Buffer.from(peer.received.slice(seen.get(peer) ?? 0), 'latin1'));
        expect(messages.filter(({ complete }) => complete)).toEqual([]);
      }
    });
  }

  for (const [name, bytes] of ACCEPTED) {
    it(`let ${name} pass`, async () => {
      const client = await gateway.connect();
      client.send(bytes);
      expect((await client.answer()).status).toBe(200);
      client.end();
      await client.closed;
    });
  }

  it('cost a client whose body is small its answer only, not the next one', async () => {
    const client = await gateway.connect();
    client.send(`${START}Content-Length: 101${END}${'a'.repeat(101)}${get('/next')}`);
    const answer = await client.answer();
    expect([answer.status, answer.head.get('connection')]).toEqual([413, undefined]);
    expect((await client.answer()).body.text).toBe('fine');
    client.end();
    await client.closed;
  });

  it('hold for a head that comes byte by byte', async () => {
    const client = await gateway.connect();
    const bytes = headOf(LIMITS.headers + 1000);
    for (let i = 0; i < bytes.length; i += 100) await client.deliver(bytes.slice(i, i + 100));
    expect((await client.answer()).status).toBe(431);
    client.end();
    await client.closed;
  });

  it('hold for header lines that never end', async () => {
    const client = await gateway.connect();
    client.send('GET /x HTTP/1.1\r\nHost: a.test\r\n');
    client.send('A: 1\r\n'.repeat(20_000));
    expect((await client.answer()).status).toBe(431);
    client.end();
    await client.closed;
  });
});
