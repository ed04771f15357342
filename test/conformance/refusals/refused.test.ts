import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawPeer } from '../../fixtures/raw-peer.ts';
import { answerAll, plain, startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';
import { Llhttp } from '../llhttp/oracle.ts';
import { BODIES } from './refused-bodies.ts';
import { FRAMING, HOST, LINES, ORIGIN, SEMANTICS, TARGET, type Refused } from './refused-heads.ts';

let upstream: RawUpstream;
let gateway: TestGateway;
let peers: RawPeer[] = [];

beforeAll(async () => {
  upstream = await startRawUpstream((peer) => {
    peers.push(peer);
    return answerAll(peer, plain('fine'));
  });
  gateway = await startProxy(upstream.url, { cors: { default: { origins: [ORIGIN], credentials: true } } });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

/** What the upstream has received since the last time, once whatever was on its way is there. */
async function receivedUpstream(): Promise<string> {
  const before = peers;
  const seen = before.map(({ received }) => received);
  const client = await gateway.connect();
  await client.ask('/marker');
  client.end();
  await client.closed;
  const texts = peers.map(({ received }, i) => received.slice(seen[i]?.length ?? 0));
  const markers = texts.filter((text) => text.startsWith('GET /marker '));
  expect(markers).toHaveLength(1);
  return texts.filter((text) => !text.startsWith('GET /marker ')).join('');
}

/** Sends the bytes in these pieces and checks the refusal. @returns what the upstream got */
async function expectRefusal(refused: Refused, pieces: readonly string[]): Promise<string> {
  const { status = 400, code = 'malformed-request', withoutOrigin = false } = refused;
  const seen = new Map(peers.map((peer) => [peer, peer.received.length]));
  const client = await gateway.connect();
  for (const piece of pieces) {
    await client.deliver(piece);
    // The next piece comes on its own.
    if (pieces.length > 1) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const answer = await client.answer();
  expect(answer.status).toBe(status);
  expect(answer.head.get('content-type')).toBe('application/problem+json');
  expect(JSON.parse(answer.body.text)).toMatchObject({ status, code, requestId: expect.stringMatching(/^\S+$/) });
  expect(answer.head.get('connection')).toBe('close');
  expect(answer.head.all('access-control-allow-origin')).toEqual(withoutOrigin ? [] : [ORIGIN]);
  expect(answer.head.all('access-control-allow-credentials')).toEqual(withoutOrigin ? [] : ['true']);
  expect(answer.head.all('vary').join()).toMatch(/\borigin\b/i);
  // Nothing else comes, whatever followed on the connection.
  expect(await client.rest()).toBe('');
  client.end();
  await client.closed;
  expect(await receivedUpstream()).toBe('');
  return peers.map((peer) => peer.received.slice(seen.get(peer) ?? 0).replace(/^GET \/marker .*$/s, '')).join('');
}

const HEADS = { framing: FRAMING, lines: LINES, host: HOST, target: TARGET, semantics: SEMANTICS };

for (const [group, cases] of Object.entries(HEADS)) {
  describe(`refuses, before a byte reaches the upstream: ${group}`, () => {
    for (const refused of cases) {
      it(refused.name, async () => {
        expect(await expectRefusal(refused, [`${refused.bytes}GET /next HTTP/1.1\r\nHost: a.test\r\n\r\n`])).toBe('');
      });
    }
  });
}

describe('refuses broken bodies', () => {
  const llhttp = new Llhttp('request');
  for (const refused of BODIES) {
    it(`${refused.name}: nothing of it reaches the upstream when it comes with its head`, async () => {
      expect(await expectRefusal(refused, [refused.bytes])).toBe('');
    });

    it(`${refused.name}: the upstream sees no end of it when it comes later`, async () => {
      const bodyAt = refused.bytes.indexOf('\r\n\r\n') + 4;
      const got = await expectRefusal(refused, [refused.bytes.slice(0, bodyAt), refused.bytes.slice(bodyAt)]);
      const { messages, refused: invalid } = llhttp.read(Buffer.from(got, 'latin1'));
      expect(invalid).toBe('');
      expect(messages.filter(({ complete }) => complete)).toEqual([]);
    });
  }
});
