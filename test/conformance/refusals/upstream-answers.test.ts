import { afterEach, describe, expect, it } from 'vitest';
import type { RawClient } from '../../fixtures/raw-client.ts';
import { plain, startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';
import { BODIES, BODYLESS, BROKEN_FRAMING, INTERIM, type UpstreamAnswer } from './upstream-answers.ts';

let upstream: RawUpstream;
let gateway: TestGateway;

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

/** The first request is answered as the case says, every other one as it should be. */
async function start({ sent, ends = false }: UpstreamAnswer): Promise<void> {
  upstream = await startRawUpstream(async (peer, index) => {
    for (let i = 0; ; i++) {
      await peer.head();
      if (index > 0 || i > 0) peer.send(plain('next'));
      else {
        peer.send(sent);
        if (ends) peer.end();
      }
    }
  });
  gateway = await startProxy(upstream.url);
}

/** The request as the upstream should have got it. */
function forwarded(method: string, path: string): string {
  return (
    `${method} ${path} HTTP/1.1\r\nHost: a.test\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\n` +
    'X-Forwarded-Host: a.test\r\nX-Real-IP: 127.0.0.1\r\nX-Request-Id: ID\r\nVia: 1.1 US\r\n\r\n'
  );
}

function withoutIds(text: string): string {
  return text.replaceAll(/^(X-Request-Id: )\S+/gm, '$1ID').replaceAll(/^(Via: 1.1 )\S+/gm, '$1US');
}

async function expectAnswer(client: RawClient, { got, method = 'GET' }: UpstreamAnswer): Promise<void> {
  if (typeof got === 'string') {
    expect(await client.take(got.length)).toBe(got);
    return;
  }
  const answer = await client.answer(method);
  expect(answer.status).toBe(got.status);
  expect(answer.head.get('content-type')).toBe('application/problem+json');
  if (method !== 'HEAD') expect(answer.problem).toBe(got.problem);
}

const GROUPS = {
  bodies: BODIES,
  'answers without a body': BODYLESS,
  'interim responses': INTERIM,
  'broken framing': BROKEN_FRAMING,
};

for (const [group, cases] of Object.entries(GROUPS)) {
  describe(`what an upstream sends reaches the client exactly as it should: ${group}`, () => {
    it.each(cases)('$name', async (each) => {
      const { method = 'GET', version = '1.1', spent = false } = each;
      await start(each);
      const client = await gateway.connect();
      client.send(`${method} /x HTTP/${version}\r\nHost: a.test\r\n\r\n`);
      await expectAnswer(client, each);
      // Nothing else comes: neither of this answer nor of what was behind it.
      let next = client;
      if (version === '1.0') {
        expect(await client.rest()).toBe('');
        client.end();
        next = await gateway.connect();
      }
      next.send('GET /next HTTP/1.1\r\nHost: a.test\r\n\r\n');
      expect((await next.answer()).body.text).toBe('next');
      expect(next.unread).toBe('');
      const requests = upstream.peers.map(({ received }) => withoutIds(received));
      expect(requests).toEqual(
        spent
          ? [forwarded(method, '/x'), forwarded('GET', '/next')]
          : [forwarded(method, '/x') + forwarded('GET', '/next')],
      );
      next.end();
      await gateway.quiet(1);
      expect(upstream.open).toBeLessThanOrEqual(1);
      expect(gateway.lines).toEqual([]);
    });
  });
}
