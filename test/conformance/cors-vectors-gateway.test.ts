import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPolicy, type PolicyOptions } from '../../src/cors/index.ts';
import { createGateway, type Config } from '../../src/index.ts';
import { ServerPool } from '../../src/upstream/server-pool.ts';
import type { RawClient } from '../fixtures/raw-client.ts';
import type { RawPeer } from '../fixtures/raw-peer.ts';
import { startRawUpstream, type RawUpstream } from '../fixtures/raw-upstream.ts';
import { startGateway, type TestGateway } from '../fixtures/start-gateway.ts';
import {
  checkStep,
  loadVectors,
  textOf,
  type ExchangeStep,
  type Observed,
  type Vector,
} from './cors-vectors-format.ts';

const { policies, vectors } = loadVectors();

/** A gateway with an upstream that plays what the step at hand says. */
interface Stage {
  readonly gateway: TestGateway;
  readonly upstream: RawUpstream;
  /** Requests that came to the upstream. */
  asked: number;
  /** A connection to go on with. */
  client: RawClient | undefined;
  step: ExchangeStep | undefined;
}

let stages = new Map<string, Stage>();
const closings: (() => Promise<void>)[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  stages = new Map();
  for (const close of closings.splice(0).reverse()) await close();
});

/** Answers of the gateway's own that an upstream gives, as long as there's no feature for them here. */
const BY_UPSTREAM: Readonly<Record<string, number>> = { unauthorized: 401, 'rate-limited': 429 };

async function play(stage: Stage, peer: RawPeer): Promise<void> {
  for (;;) {
    const head = await peer.head();
    await peer.body(head);
    stage.asked++;
    const { step } = stage;
    if (step?.gateway === 'upstream-timeout' || head.get('upgrade') !== undefined) return;
    const refused = step?.route?.auth === true && head.get('authorization') === undefined;
    const { status: usual = 200, headers = [['Content-Type', 'text/plain']] } = step?.upstream ?? {};
    const status = refused ? 401 : (BY_UPSTREAM[step?.gateway ?? ''] ?? usual);
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const framing = status === 204 || status === 304 ? '' : 'Content-Length: 4\r\n';
    const method = head.start.split(' ')[0];
    const body = framing === '' || method === 'HEAD' ? '' : 'text';
    peer.send(`HTTP/1.1 ${status} X\r\n${lines}${framing}\r\n${body}`);
  }
}

/** The configuration under which the gateway gives the answer that a step asks for. */
function configFor(step: ExchangeStep, policy: PolicyOptions, upstream: string): Omit<Config, 'listen'> {
  const cors = { default: policy };
  const route = { proxy: 'api', ...(step.route?.methods === undefined ? {} : { method: step.route.methods }) };
  const upstreams = { api: upstream };
  switch (step.gateway) {
    case 'upstream-timeout':
      return { cors, upstreams: { api: { servers: upstream, timeouts: { head: '60ms' } } }, routes: [route] };
    case 'forbidden':
      return { cors, routes: [{ respond: { status: 403, body: 'no' } }] };
    case 'no-route':
      return { cors, upstreams, routes: [{ ...route, path: '/elsewhere' }] };
    case 'body-too-large':
      return { cors, upstreams, routes: [route], limits: { body: 10 } };
    case 'upstream-down':
      return { cors, upstreams: { api: 'http://127.0.0.1:1' }, routes: [route] };
    default:
      return { cors, upstreams, routes: [route] };
  }
}

async function stageFor(step: ExchangeStep, policy: PolicyOptions): Promise<Stage> {
  const key = JSON.stringify([policy, step.route, step.gateway]);
  const known = stages.get(key);
  if (known !== undefined) return Object.assign(known, { step });
  const upstream = await startRawUpstream((peer) => play(stage, peer));
  closings.push(() => upstream.close());
  const gateway = await startGateway(configFor(step, policy, upstream.url));
  closings.push(() => gateway.close());
  const stage: Stage = { gateway, upstream, asked: 0, client: undefined, step };
  stages.set(key, stage);
  return stage;
}

async function exchange(step: ExchangeStep, policy: PolicyOptions): Promise<Observed> {
  const stage = await stageFor(step, policy);
  const { gateway } = stage;
  const self = `127.0.0.1:${gateway.port}`;
  const { method, headers } = step.request;
  const lines = headers.map(([name, value]) => `${name}: ${textOf(value, `http://${self}`)}\r\n`).join('');
  const length = step.gateway === 'body-too-large' ? 100 : 0;
  const framing = length > 0 || !['GET', 'HEAD', 'OPTIONS'].includes(method) ? `Content-Length: ${length}\r\n` : '';
  if (step.gateway === 'internal-error') {
    vi.spyOn(ServerPool.prototype, 'take').mockImplementationOnce(() => {
      throw new Error('a bug');
    });
  }
  const before = stage.asked;
  const client = stage.client?.fate === '' ? stage.client : await gateway.connect();
  stage.client = undefined;
  client.send(`${method} /x HTTP/1.1\r\nHost: ${self}\r\n${lines}${framing}\r\n`);
  const tunnel = headers.some(([name]) => name === 'Upgrade') && step.expect.forwarded === true;
  if (tunnel) {
    // Nobody answers a handshake here: that it got through is all that's asked.
    await vi.waitFor(() => expect(stage.asked).toBeGreaterThan(before));
    client.reset();
    return { status: 0, fields: [], body: '', forwarded: true };
  }
  const answer = await client.answer(method);
  let after = '';
  if (step.expect.noBody !== true && answer.head.get('connection') !== 'close') stage.client = client;
  else {
    client.end();
    after = await client.rest();
  }
  return {
    status: answer.status,
    fields: answer.head.fields,
    body: answer.body.text + after,
    forwarded: stage.asked > before,
  };
}

/** What a gateway does with a configuration that's to replace the one in force: it takes it whole, or not at all. */
function accepts(policy: PolicyOptions): boolean {
  try {
    createGateway({ listen: '127.0.0.1:0', cors: { default: policy }, routes: [{ respond: { status: 200 } }] });
    return true;
  } catch {
    expect(createPolicy(policy)).toHaveProperty('problems');
    return false;
  }
}

async function run(vector: Vector): Promise<void> {
  let current = vector.policy;
  for (const step of vector.steps) {
    if ('reload' in step) {
      const accepted = accepts(policies[step.reload] ?? {});
      expect(accepted).toBe(step.expect.accepted);
      if (accepted) current = step.reload;
      continue;
    }
    const policy = { ...policies[step.policy ?? current], ...step.options } as PolicyOptions;
    for (let i = step.repeat ?? 1; i > 0; i--) checkStep(await exchange(step, policy), step.expect);
  }
}

describe('the conformance vectors hold at a running gateway', () => {
  it('are 57, numbered without gaps', () => {
    expect(vectors.map(({ id }) => id)).toEqual(Array.from({ length: 57 }, (_, i) => i + 1));
  });

  for (const vector of vectors) {
    it(`${vector.id} (${vector.level}) ${vector.title}`, () => run(vector));
  }
});
