import { describe, expect, it } from 'vitest';
import { TestExchange } from '../../../test/fixtures/test-exchange.ts';
import type { GuardActionModel } from '../../config/model.ts';
import type { Vetted, VettedPools } from '../../upstream/vetted-pools.ts';
import type { ResponseSink } from '../../wire/http1/client-connection.ts';
import { ResponseHead } from '../../wire/http1/response-head.ts';
import { TimerWheel } from '../../wire/timer-wheel.ts';
import { createGuard } from './guard.ts';

/** A model that breaks where it's asked whether a response header passes. */
const broken: GuardActionModel = {
  kind: 'guard',
  guard: {
    to: {
      kind: 'named',
      target: { protocol: 'http', host: 'api.test', port: 80 },
      basePath: '',
      stripPrefix: '',
      headers: [],
      query: [],
      redirectHosts: [],
      allowsOrigin: undefined,
    },
    allow: [{ methods: undefined, segments: ['**'] }],
    requestHeaders: new Set(),
    get responseHeaders(): never {
      throw new Error('broken');
    },
    redirects: { mode: 'follow', max: 5 },
    allowPrivate: [],
    maxBody: 0,
    maxResponse: 0,
    rateLimit: undefined,
  },
  timeouts: { connect: 0, head: 0, idle: 0, total: 0 },
  tls: { ca: undefined, serverName: undefined, dangerouslySkipVerify: false },
  resolver: undefined,
  via: true,
};

/** Runs a guard whose target answers by these calls, as a socket's callback would make them. */
function run(
  model: GuardActionModel,
  answer: (sink: ResponseSink, head: ResponseHead) => void,
): TestExchange & { errors: unknown[]; destroyed: number } {
  const exchange = Object.assign(new TestExchange({ target: '/x' }), { errors: [] as unknown[], destroyed: 0 });
  exchange.onError = (_, error) => exchange.errors.push(error);
  let sink: ResponseSink | undefined;
  const connection = {
    send: (_text: string, _framing: unknown, waiting: ResponseSink) => (sink = waiting),
    destroy: () => exchange.destroyed++,
  };
  const server = { pool: { take: () => connection }, hasNext: false, next: () => {} };
  const pools = {
    find: (_: unknown, done: (vetted: Vetted) => void) => done({ outcome: 'found', server } as unknown as Vetted),
  };
  createGuard(model, { pools: pools as unknown as VettedPools, wheel: new TimerWheel(), explain: false })(exchange);
  const head = new ResponseHead();
  const bytes = Buffer.from('HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\n\r\n');
  head.scan(bytes, 0, bytes.length, 100);
  if (sink === undefined) throw new Error('nobody was asked');
  answer(sink, head);
  return exchange;
}

describe('a bug that an answer shows', () => {
  it.each<[string, (sink: ResponseSink, head: ResponseHead) => void]>([
    ['whole', (sink, head) => sink.onWhole(head, '')],
    ['in parts', (sink, head) => sink.onHead(head, 5)],
  ])('(%s) costs one exchange, and is logged', (_, answer) => {
    const exchange = run(broken, answer);
    expect([exchange.status, exchange.problem, exchange.destroyed]).toEqual([500, 'internal-error', 1]);
    expect(exchange.errors).toMatchObject([{ message: 'broken' }]);
    expect(exchange.text).not.toContain('broken');
  });
});
