import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signingKey, startIssuer, type Issuer } from '../../../../test/fixtures/issuer.ts';
import { resolveConfig, type JwtAuthModel } from '../../../config/index.ts';
import { Upstream } from '../../../upstream/upstream.ts';
import { TimerWheel } from '../../../wire/timer-wheel.ts';
import type { KeySet } from './key-source.ts';
import { RemoteKeys } from './remote-keys.ts';

const [first, second] = [signingKey('k1'), signingKey('k2')];
const MINUTE = 60_000;

let issuer: Issuer;
let keys: RemoteKeys;
let upstream: Upstream;
let clock: number;
let notes: string[];

beforeEach(async () => {
  issuer = await startIssuer([first]);
  clock = 0;
  notes = [];
  const jwks = { url: issuer.jwks, refresh: '10m', cooldown: '30s', keep: '2h', timeout: '1s' } as const;
  const result = resolveConfig({
    auth: { it: { jwt: { issuer: 'x', audience: 'y', jwks } } },
    routes: [{ respond: 204, auth: 'it' }],
  });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  const [route] = result.model.routes;
  const use = route?.features.auth?.use as JwtAuthModel | undefined;
  if (use === undefined) throw new Error('the route asks for no token');
  const { keys: model } = use;
  if (model.kind !== 'remote') throw new Error(model.kind);
  const wheel = new TimerWheel();
  upstream = new Upstream(model.upstream, wheel);
  const note = (level: string, message: string): number => notes.push(`${level} ${message}`);
  keys = new RemoteKeys(model, { upstream, wheel, note, now: () => clock });
});
afterEach(async () => {
  upstream.destroy();
  await issuer.close();
});

const names = (set: KeySet | undefined): unknown[] | undefined => set?.keys.map(({ kid }) => kid);

/** Until what was asked beside the requests is answered. */
async function settled(asked: number): Promise<void> {
  await expect.poll(() => issuer.asked).toBe(asked);
  await new Promise((resolve) => setTimeout(resolve, 50));
}

describe("an issuer's keys", () => {
  it('are none before anybody needs them', async () => {
    expect(keys.current).toBeUndefined();
    await settled(0);
    expect(names(await keys.keys())).toEqual(['k1']);
    expect(names(keys.current)).toEqual(['k1']);
    expect(issuer.asked).toBe(1);
  });

  it('are fetched anew beside the requests when they are old, and the same ones stay the same set', async () => {
    const before = await keys.keys();
    clock = 10 * MINUTE;
    expect(keys.keys()).toBe(before);
    await settled(2);
    expect(keys.keys()).toBe(before);
    issuer.keys = [first, second];
    clock = 20 * MINUTE;
    expect(names(await keys.keys())).toEqual(['k1']);
    await expect.poll(() => names(keys.current)).toEqual(['k1', 'k2']);
    expect(issuer.asked).toBe(3);
  });

  it('are asked for a name that is unknown, once in a cooldown', async () => {
    const set = (await keys.keys()) as KeySet;
    clock = 29_000;
    expect(await keys.newerThan(set)).toBe('none');
    expect(issuer.asked).toBe(1);
    clock = 30_000;
    expect(await Promise.all([keys.newerThan(set), keys.newerThan(set)])).toEqual(['none', 'none']);
    expect(issuer.asked).toBe(2);
    issuer.keys = [second];
    clock = 59_000;
    expect(await keys.newerThan(set)).toBe('none');
    clock = 60_000;
    expect(names((await keys.newerThan(set)) as KeySet)).toEqual(['k2']);
    // Whoever still has the old set gets the new one without asking.
    expect(names((await keys.newerThan(set)) as KeySet)).toEqual(['k2']);
    expect(issuer.asked).toBe(3);
  });

  it('are kept while the issuer is away, for a while', async () => {
    const set = (await keys.keys()) as KeySet;
    issuer.answer = (response) => response.writeHead(503).end();
    clock = 119 * MINUTE;
    expect(keys.keys()).toBe(set);
    await settled(2);
    expect(await keys.newerThan(set)).toBe('unavailable');
    expect(keys.failure).toBe('it answers 503');
    clock = 120 * MINUTE;
    expect(keys.current).toBeUndefined();
    expect(await keys.keys()).toBeUndefined();
    expect(notes).toEqual([
      expect.stringMatching(/^warning .* can't be asked for keys: it answers 503; those .* for 60 s more$/),
    ]);
    issuer.answer = undefined;
    clock += 30_000;
    expect(await keys.keys()).toBe(set);
    expect(notes.at(-1)).toMatch(/^info .* can be asked for keys again$/);
  });

  it('are asked for less and less often while the issuer fails, and after a cooldown at the latest', async () => {
    issuer.answer = (response) => response.end('nonsense');
    const attempts: number[] = [];
    for (clock = 0; clock <= 120_000; clock += 500) {
      const before = issuer.asked;
      expect(await keys.keys()).toBeUndefined();
      if (issuer.asked > before) attempts.push(clock);
    }
    expect(attempts).toEqual([0, 1000, 3000, 7000, 15_000, 31_000, 61_000, 91_000]);
    expect(notes).toHaveLength(1);
  });
});
