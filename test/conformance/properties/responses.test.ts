import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plain, startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';
import { BOUNDED, contentOf, cutAt, cuts, interim, response, written, type SentMessage } from './arbitraries.ts';
import { deliverApart, everyCut } from './deliver.ts';

let upstream: RawUpstream;
let gateway: TestGateway;
let pieces: readonly string[] = [];
let ends = false;

beforeAll(async () => {
  upstream = await startRawUpstream(async (peer) => {
    for (;;) {
      const { start } = await peer.head();
      if (start.startsWith('GET /next ')) peer.send(plain('next'));
      else {
        await deliverApart(peer, pieces);
        if (ends) peer.end();
      }
    }
  });
  gateway = await startProxy(upstream.url);
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

/** The upstream sends the pieces; the client has to get these very responses. */
async function expectUnderstood(sent: readonly string[], messages: readonly SentMessage[]): Promise<void> {
  pieces = sent;
  ends = messages.some(({ body }) => body.framing === 'close');
  const client = await gateway.connect();
  client.send('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n');
  try {
    for (const { start, fields, body } of messages) {
      const answer = await client.answer();
      expect(answer.head.start).toBe(start);
      expect(answer.head.fields.filter(([name]) => name.startsWith('X-Any'))).toEqual(fields);
      expect(answer.body.text).toBe(contentOf(body));
      expect(answer.body.trailers).toEqual(body.framing === 'chunked' ? body.trailers : []);
    }
    expect((await client.ask('/next')).body.text).toBe('next');
  } finally {
    client.end();
    await client.closed;
  }
}

const textOf = (messages: readonly SentMessage[]): string => messages.map((message) => written(message)).join('');

const HINTS: SentMessage = { start: 'HTTP/1.1 103 Early Hints', fields: [['X-Any', 'a']], body: { framing: 'none' } };
const EXAMPLES: Readonly<Record<string, readonly SentMessage[]>> = {
  'with a length': [
    { start: 'HTTP/1.1 200 OK', fields: [['X-Any', 'b c']], body: { framing: 'length', text: 'hello\r\n\r\nworld' } },
  ],
  'in chunks, behind an interim one': [
    HINTS,
    {
      start: 'HTTP/1.1 200 OK',
      fields: [],
      body: {
        framing: 'chunked',
        chunks: [
          { data: 'hello', zeros: '0', extension: ';a="b;"' },
          { data: '\r\n0\r\n\r\n', zeros: '', extension: '' },
        ],
        trailers: [['X-AnySum', '1']],
      },
    },
  ],
  'to the end of the connection': [
    { start: 'HTTP/1.1 404 Not Found', fields: [['X-Any', '']], body: { framing: 'close', text: 'hello' } },
  ],
};

describe('a response is understood in the same way', () => {
  it.each(Object.entries(EXAMPLES))('cut in two at any byte: %s', async (_, messages) => {
    for (const cut of everyCut(textOf(messages))) await expectUnderstood(cut, messages);
  });

  it('byte by byte', async () => {
    for (const messages of Object.values(EXAMPLES)) await expectUnderstood([...textOf(messages)], messages);
  });

  it('whatever is in it, and wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(interim, { maxLength: 2 }), response, cuts, (before, message, places) => {
        const messages = [...before, message];
        return expectUnderstood(cutAt(textOf(messages), places), messages);
      }),
      BOUNDED,
    );
  });
});

it('leaves no connection behind', async () => {
  await gateway.quiet(64);
  expect(gateway.lines).toEqual([]);
});
