import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { plain, startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';
import { BOUNDED, contentOf, cutAt, cuts, request, written, type SentBody } from './arbitraries.ts';
import { deliverApart } from './deliver.ts';

const ORIGIN = 'https://app.test';
const MAX_BODY = 4000;

let upstream: RawUpstream;
let gateway: TestGateway;
let forwarded: string[] = [];

beforeAll(async () => {
  upstream = await startRawUpstream(async (peer) => {
    for (;;) {
      const head = await peer.head();
      const [method = '', path = ''] = head.start.split(' ');
      forwarded.push(path);
      const early = path.startsWith('/proxied/early/');
      if (early) peer.send(plain(path));
      const { text } = await peer.body(head);
      if (early) continue;
      if (method === 'HEAD') peer.send(plain(path).slice(0, -path.length));
      else peer.send(plain(`${path} ${text.length}`));
    }
  });
  const gone = await startRawUpstream();
  await gone.close();
  gateway = await startGateway({
    limits: { body: MAX_BODY },
    cors: { default: { origins: [ORIGIN], methods: ['PUT'] } },
    routes: [
      { path: '/proxied/*', proxy: upstream.url },
      { path: '/gone/*', proxy: gone.url },
      { path: '/here/*', respond: { body: 'here' } },
    ],
  });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

/** A request of a pipeline, numbered by its place in it. */
interface Step {
  readonly method?: string;
  /** Behind it the number. */
  readonly path: string;
  readonly lines?: string;
  readonly body?: SentBody;
  readonly status: number;
  /** What the answer says; '' for anything. */
  readonly says?: (path: string) => string;
  /** The connection is closed behind the answer. */
  readonly last?: true;
}

const small = request.map(({ body }) => body).filter((body) => contentOf(body).length <= MAX_BODY);

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constant({ path: '/proxied/', status: 200, says: (path: string) => `${path} 0` }),
  fc.constant({ method: 'HEAD', path: '/proxied/', status: 200 }),
  small.map((body) => ({
    method: 'PUT',
    path: '/proxied/',
    body,
    status: 200,
    says: (path: string) => `${path} ${contentOf(body).length}`,
  })),
  small.map((body) => ({ method: 'PUT', path: '/proxied/early/', body, status: 200, says: (path: string) => path })),
  small.map((body) => ({ method: 'PUT', path: '/gone/', body, status: 502 })),
  small.map((body) => ({ method: 'POST', path: '/nowhere/', body, status: 404 })),
  small.map((body) => ({ method: 'POST', path: '/here/', body, status: 200, says: () => 'here' })),
  fc.constant({
    method: 'OPTIONS',
    path: '/proxied/',
    lines: `Origin: ${ORIGIN}\r\nAccess-Control-Request-Method: PUT\r\n`,
    status: 204,
  }),
  fc.constant({
    method: 'PUT',
    path: '/proxied/',
    body: { framing: 'length' as const, text: 'x'.repeat(MAX_BODY + 1) },
    status: 413,
  }),
);

/** Behind these nothing is answered any more. */
const lastStep: fc.Arbitrary<Step> = fc.constantFrom<Step>(
  { path: '/proxied/', lines: 'Connection: close\r\n', status: 200, last: true },
  { path: '/proxied/', lines: 'X-A : 1\r\n', status: 400, last: true },
  { path: '/here/', lines: 'Expect: 200-maybe\r\n', status: 417, last: true },
  { path: '/here/../', status: 400, last: true },
  {
    method: 'PUT',
    path: '/proxied/',
    lines: 'Content-Length: 3\r\n',
    body: { framing: 'chunked', chunks: [], trailers: [] },
    status: 400,
    last: true,
  },
  { method: 'TRACE', path: '/proxied/', status: 405, last: true },
);

const pipeline = fc
  .tuple(fc.array(step, { maxLength: 10 }), fc.option(lastStep), fc.array(step, { maxLength: 2 }))
  .map(([before, last, behind]) => (last === null ? before : before.concat(last, behind)))
  .filter((steps) => steps.length > 0);

const pathOf = ({ path }: Step, number: number): string => `${path}${number}`;

function textOf(each: Step, number: number): string {
  const { method = 'GET', lines = '', body = { framing: 'none' } } = each;
  const start = `${method} ${pathOf(each, number)} HTTP/1.1`;
  return written({ start, fields: [], body }, `Host: a.test\r\n${lines}`);
}

async function expectInOrder(steps: readonly Step[], places: readonly number[]): Promise<void> {
  forwarded = [];
  const client = await gateway.connect();
  try {
    const delivered = deliverApart(client, cutAt(steps.map(textOf).join(''), places));
    for (const [number, each] of steps.entries()) {
      const { method, status, says, last = false } = each;
      const answer = await client.answer(method);
      expect(answer.status).toBe(status);
      if (says !== undefined) expect(answer.body.text).toBe(says(pathOf(each, number)));
      expect(answer.head.get('connection')).toBe(last ? 'close' : undefined);
      if (last) {
        expect(await client.rest()).toBe('');
        break;
      }
    }
    await delivered;
    expect(client.unread).toBe('');
  } finally {
    client.end();
    await client.closed;
  }
  const end = steps.findIndex(({ last }) => last === true);
  const answered = end === -1 ? steps : steps.slice(0, end + 1);
  const due = answered.flatMap((each, number) =>
    each.path.startsWith('/proxied/') && each.status === 200 ? [pathOf(each, number)] : [],
  );
  expect(forwarded).toEqual(due);
}

it('requests in a row are answered in their order, whatever they are and wherever the bytes are cut', async () => {
  await fc.assert(fc.asyncProperty(pipeline, cuts, expectInOrder), BOUNDED);
  expect(gateway.lines).toEqual([]);
  await gateway.quiet(64);
});
