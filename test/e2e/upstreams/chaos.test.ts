import { afterEach, describe, expect, it } from 'vitest';
import type { UpstreamOptions } from '../../../src/config/types.ts';
import { Random, seedOf } from '../../fixtures/random.ts';
import { connectClient, type RawClient } from '../../fixtures/raw-client.ts';
import type { RawHead, RawPeer } from '../../fixtures/raw-peer.ts';
import { plain } from '../../fixtures/raw-upstream.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';
import { startAllNamed, type Behaviour, type NamedServer } from './named-servers.ts';

const STRATEGIES: Readonly<Record<string, Omit<UpstreamOptions, 'servers'>>> = {
  'round-robin': { balance: 'round-robin' },
  'least-requests': { balance: 'least-requests' },
  'random-two': { balance: 'random-two' },
  hash: { balance: { hash: { header: 'x-key' } } },
  'hash with a bound': { balance: { hash: { header: 'x-key' }, maxLoad: '125%' } },
  'sticky clients': { sticky: { secret: 'correct horse battery staple' } },
  'a queue': { maxRequests: 1, queue: { timeout: '20s' } },
};

/** What goes wrong before a server's answer has begun to pass: nobody needs to hear of it. */
const UNHEARD: Readonly<Record<string, Behaviour>> = {
  'resets instead of an answer': (peer) => void peer.reset(),
  'ends instead of an answer': (peer) => void peer.end(),
  'stalls instead of an answer': () => {},
  'garbage instead of an answer': (peer) => void peer.send('\0\xff garbage\r\n\r\n'),
  'resets in the head': (peer) => peer.deliver('HTTP/1.1 200 OK\r\nX-').then(() => void peer.reset()),
  'ends in the head': (peer) => void peer.send('HTTP/1.1 200 OK\r\nX-').end(),
  'stalls in the head': (peer) => void peer.send('HTTP/1.1 200 OK\r\nX-Half: '),
  'garbage in the head': (peer) => void peer.send('HTTP/1.1 200 OK\r\nX Half: 1\r\n\r\n'),
};

const HALF = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n';

/** What goes wrong in the middle of an answer's body: the client must see that it's broken. */
const HEARD: Readonly<Record<string, Behaviour>> = {
  'resets in the body': (peer) => peer.deliver(HALF).then(() => void setTimeout(() => peer.reset(), 5)),
  'ends in the body': (peer) => peer.deliver(HALF).then(() => void peer.end()),
  'stalls in the body': (peer) => void peer.send(HALF),
  'garbage in the body': (peer) => void peer.send(`${HALF}zz\r\n`),
};

let servers: NamedServer[] = [];
let gateway: TestGateway;

afterEach(async () => {
  await gateway.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Answers with what was asked for, so that nobody is given another one's answer unnoticed. */
const echo: Behaviour = (peer: RawPeer, head: RawHead, body: string) => {
  peer.send(plain(`${head.start} ${body}`));
};

async function begin(options: Omit<UpstreamOptions, 'servers'>): Promise<void> {
  servers = await startAllNamed('a', 'b', 'c');
  for (const server of servers) server.does = echo;
  gateway = await startGateway({
    log: { access: 'off' },
    upstreams: {
      all: {
        ...options,
        servers: servers.map(({ url }) => url),
        eject: { failures: 2, for: '200ms' },
        timeouts: { head: '300ms', idle: '300ms' },
      },
    },
    routes: [{ proxy: 'all' }],
  });
}

/** One request of many, and whether its answer was its own, was broken, or an error. */
async function ask(client: RawClient, index: number): Promise<'own' | 'broken' | number> {
  const target = `/${index}`;
  const body = index % 2 === 0 ? '' : `body ${index}`;
  const method = body === '' ? 'GET' : 'PUT';
  const fields = `X-Key: ${index}\r\n${body === '' ? '' : `Content-Length: ${body.length}\r\n`}`;
  try {
    const answer = await client.ask(target, { method, fields, body });
    if (answer.status !== 200) return answer.status;
    expect(answer.body.text).toBe(`${method} ${target} HTTP/1.1 ${body}`);
    return 'own';
  } catch (error) {
    if (client.fate === '') throw error;
    return 'broken';
  }
}

/** So many requests on several connections at a time. */
async function askAll(count: number, lanes: number): Promise<('own' | 'broken' | number)[]> {
  let next = 0;
  const outcomes: ('own' | 'broken' | number)[] = [];
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      let client = await connectClient(gateway.port);
      while (next < count) {
        const outcome = await ask(client, next++);
        outcomes.push(outcome);
        if (client.fate !== '') client = await connectClient(gateway.port);
      }
      client.end();
    }),
  );
  return outcomes;
}

async function expectNothingLeft(): Promise<void> {
  await gateway.quiet(30);
  for (const server of servers) server.does = echo;
  expect(new Set(await askAll(12, 3))).toEqual(new Set(['own']));
}

describe.each(Object.entries(STRATEGIES))('%s', (_, options) => {
  it.each(Object.entries(UNHEARD))('nobody hears of a server that %s', async (_, fault) => {
    await begin(options);
    servers[1]!.does = fault;
    expect(new Set(await askAll(24, 4))).toEqual(new Set(['own']));
    expect(servers[1]!.asked.length).toBeGreaterThan(0);
    await expectNothingLeft();
  });

  it('nobody hears of a server that refuses', async () => {
    await begin(options);
    await servers[1]!.close();
    expect(new Set(await askAll(24, 4))).toEqual(new Set(['own']));
  });

  it.each(Object.entries(HEARD))('whoever is answered sees that a server %s', async (_, fault) => {
    await begin(options);
    servers[1]!.does = fault;
    const outcomes = await askAll(24, 4);
    expect(new Set(outcomes)).toEqual(new Set(['own', 'broken']));
    // It's left out, so that few are.
    expect(outcomes.filter((outcome) => outcome === 'own').length).toBeGreaterThan(12);
    await expectNothingLeft();
  });

  it('faults of all kinds, at all servers, at random, harm nobody else', async () => {
    const seed = seedOf();
    const random = new Random(seed);
    const faults = [...Object.values(UNHEARD), ...Object.values(HEARD)];
    await begin(options);
    for (const server of servers) {
      server.does = (...request) => (random.chance(0.15) ? random.pick(faults) : echo)(...request);
    }
    const outcomes = await askAll(120, 6);
    expect(outcomes, `seed ${seed}`).toHaveLength(120);
    for (const outcome of outcomes) expect(['own', 'broken', 502, 503, 504], `seed ${seed}`).toContain(outcome);
    expect(outcomes.filter((outcome) => outcome === 'own').length, `seed ${seed}`).toBeGreaterThan(60);
    await expectNothingLeft();
  });
});
