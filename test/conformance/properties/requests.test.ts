import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawBody, RawHead } from '../../fixtures/raw-peer.ts';
import { plain, startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';
import { BOUNDED, contentOf, cutAt, cuts, request, written, type SentMessage } from './arbitraries.ts';
import { deliverApart, everyCut } from './deliver.ts';

let upstream: RawUpstream;
let gateway: TestGateway;
let seen: { readonly head: RawHead; readonly body: RawBody }[] = [];

beforeAll(async () => {
  upstream = await startRawUpstream(async (peer) => {
    for (;;) {
      const head = await peer.head();
      seen.push({ head, body: await peer.body(head) });
      peer.send(plain(`${seen.length}`));
    }
  });
  gateway = await startProxy(upstream.url);
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

/** Sends the pieces; the upstream has to get this very request, and the client its answer. */
async function expectUnderstood(pieces: readonly string[], { start, fields, body }: SentMessage): Promise<void> {
  seen = [];
  const client = await gateway.connect();
  try {
    await deliverApart(client, pieces);
    expect((await client.answer()).body.text).toBe('1');
    // Nothing is left over of it that could spoil the next.
    expect((await client.ask('/next')).body.text).toBe('2');
  } finally {
    client.end();
    await client.closed;
  }
  const [got] = seen;
  expect(got?.head.start).toBe(start);
  expect(got?.head.fields.filter(([name]) => name.startsWith('X-Any'))).toEqual(fields);
  const text = contentOf(body);
  // How no body at all is written depends on the method.
  const framing = body.framing === 'chunked' || text !== '' ? body.framing : expect.stringMatching(/none|length/);
  expect(got?.body).toEqual({ framing, text, trailers: body.framing === 'chunked' ? body.trailers : [] });
}

const HOST = 'Host: a.test\r\n';

const EXAMPLES: readonly SentMessage[] = [
  { start: 'GET / HTTP/1.1', fields: [['X-Any', 'b c']], body: { framing: 'none' } },
  { start: 'POST /a HTTP/1.1', fields: [], body: { framing: 'length', text: 'hello\r\n\r\nworld' } },
  {
    start: 'PUT /a HTTP/1.1',
    fields: [['X-Any', '1']],
    body: {
      framing: 'chunked',
      chunks: [
        { data: 'hello', zeros: '0', extension: ';a="b;"' },
        { data: '\r\n0\r\n\r\n', zeros: '', extension: '' },
      ],
      trailers: [['X-AnySum', '1']],
    },
  },
];

describe('a request is understood in the same way', () => {
  it.each(EXAMPLES.map((message) => ({ message, line: message.start })))(
    'cut in two at any byte: $line',
    async ({ message }) => {
      for (const pieces of everyCut(written(message, HOST))) await expectUnderstood(pieces, message);
    },
  );

  it('byte by byte', async () => {
    for (const message of EXAMPLES) await expectUnderstood([...written(message, HOST)], message);
  });

  it('whatever is in it, and wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(request, cuts, (message, places) =>
        expectUnderstood(cutAt(written(message, HOST), places), message),
      ),
      BOUNDED,
    );
  });
});

it('leaves no connection behind', async () => {
  await gateway.quiet(64);
  expect(gateway.lines).toEqual([]);
});
