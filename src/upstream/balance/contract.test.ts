import { describe, expect, it } from 'vitest';
import { Random, seedOf } from '../../../test/fixtures/random.ts';
import { createStrategy } from './index.ts';
import { RandomTwo } from './random-two.ts';
import { RendezvousHash } from './rendezvous-hash.ts';
import { RoundRobin } from './round-robin.ts';
import type { Candidate, Seeker, Strategy } from './strategy.ts';

interface Server extends Candidate {
  busy: number;
  weight: number;
}

const seed = seedOf();
const random = new Random(seed);

const STRATEGIES: Readonly<Record<string, () => Strategy>> = {
  'round-robin': () => createStrategy({ kind: 'round-robin' }),
  'least-requests': () => createStrategy({ kind: 'least-requests' }),
  'random-two': () => new RandomTwo(() => random.next()),
  hash: () => createStrategy({ kind: 'hash', by: 'address', name: '', maxLoad: Number.POSITIVE_INFINITY }),
  'hash with a bound': () => new RendezvousHash(1.25, new RoundRobin()),
};

function servers(...weights: number[]): Server[] {
  return weights.map((weight, i) => ({ key: `http://10.0.0.${i + 1}:8080`, weight, busy: 0 }));
}

let number = 0;
/** A request of somebody who hasn't come yet. */
const stranger = (): Seeker => ({ hashed: `client ${number++}`, stuckTo: '' });

/** How many of `count` requests each server gets, one after the other. */
function shares(strategy: Strategy, among: readonly Server[], count: number): number[] {
  const got = new Map<Server, number>(among.map((server) => [server, 0]));
  for (let i = 0; i < count; i++) {
    const server = strategy.pick(among, stranger());
    got.set(server, (got.get(server) ?? 0) + 1);
  }
  return [...got.values()];
}

/**
 * That `seen` of `count` is what chance with `share` gives: within five standard deviations, which is missed once in two
 * million times.
 */
function expectShare(seen: number, count: number, share: number): void {
  const tolerance = 5 * Math.sqrt(count * share * (1 - share));
  expect(Math.abs(seen - count * share), `${seen} of ${count} (seed ${seed})`).toBeLessThan(tolerance);
}

describe.each(Object.entries(STRATEGIES))('%s', (_, create) => {
  it('chooses the only one', () => {
    const [only] = servers(3);
    const strategy = create();
    for (let i = 0; i < 10; i++) expect(strategy.pick([only!], stranger())).toBe(only);
  });

  it('chooses one of those given, whichever they are this time, whatever they have to do', () => {
    const all = servers(1, 2, 5, 1, 1, 0.1);
    const strategy = create();
    for (let i = 0; i < 2000; i++) {
      const given = all.filter(() => random.chance(0.5));
      for (const server of all) server.busy = random.int(4);
      if (given.length === 0) continue;
      expect(given, `seed ${seed}`).toContain(strategy.pick(given, stranger()));
    }
  });

  it('leaves servers and list as they are', () => {
    const all = Object.freeze(servers(1, 2, 3).map((server) => Object.freeze(server)));
    const strategy = create();
    for (let i = 0; i < 100; i++) strategy.pick(all, stranger());
    expect(all).toEqual(servers(1, 2, 3));
  });

  it('gives every server something, those without a key to hash too', () => {
    const all = servers(1, 1, 1, 1);
    const strategy = create();
    const got = new Set<Server>();
    for (let i = 0; i < 500; i++) got.add(strategy.pick(all, { hashed: '', stuckTo: '' }));
    expect(got.size, `seed ${seed}`).toBe(4);
  });

  it.each([
    ['equal ones', [1, 1, 1]],
    ['others', [1, 2, 5]],
    ['fractions', [0.1, 1]],
    ['large ones', [1000, 500]],
  ])('spreads requests by the weights: %s', (_, weights) => {
    const count = 20_000;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [i, seen] of shares(create(), servers(...weights), count).entries()) {
      expectShare(seen, count, weights[i]! / total);
    }
  });

  it('has a server that left and came back take its share again, and no more', () => {
    const all = servers(1, 1, 2);
    const strategy = create();
    shares(strategy, all, 500);
    shares(strategy, all.slice(1), 500);
    expectShare(shares(strategy, all, 20_000)[0]!, 20_000, 0.25);
  });

  it('is the same to servers of the same weight, in whatever order they come', () => {
    const all = servers(1, 1);
    for (const order of [all, all.toReversed()]) {
      expectShare(shares(create(), order, 10_000)[0]!, 10_000, 0.5);
    }
  });
});

describe('round-robin', () => {
  it('spreads unequal weights as evenly as can be', () => {
    const [a, b, c] = servers(5, 1, 1);
    const strategy = createStrategy({ kind: 'round-robin' });
    const turns = Array.from({ length: 14 }, () => strategy.pick([a!, b!, c!], stranger()));
    const names = turns.map((server) => 'abc'[[a, b, c].indexOf(server)]).join('');
    expect(names).toBe('aabacaaaabacaa');
  });
});

describe.each(['least-requests', 'random-two'])('%s', (name) => {
  it('gives a server that is slow less to do', () => {
    const all = servers(1, 1, 1);
    const strategy = STRATEGIES[name]!();
    const got = [0, 0, 0];
    // The first needs ten times as long for each request.
    const ends: { at: number; server: Server }[] = [];
    for (let now = 0; now < 3000; now++) {
      for (const { server } of ends.filter(({ at }) => at === now)) server.busy--;
      const server = strategy.pick(all, stranger());
      const index = all.indexOf(server);
      got[index]!++;
      server.busy++;
      ends.push({ at: now + (index === 0 ? 50 : 5), server });
    }
    const fast = Math.min(got[1]!, got[2]!);
    expect(got[0]!, `seed ${seed}: ${got.join(' ')}`).toBeLessThan(fast / 2);
  });

  it('weighs what a server has to do by its weight', () => {
    const [heavy, light] = servers(4, 1);
    const strategy = STRATEGIES[name]!();
    Object.assign(heavy!, { busy: 3 });
    Object.assign(light!, { busy: 1 });
    for (let i = 0; i < 50; i++) expect(strategy.pick([heavy!, light!], stranger())).toBe(heavy);
    Object.assign(heavy!, { busy: 5 });
    for (let i = 0; i < 50; i++) expect(strategy.pick([heavy!, light!], stranger())).toBe(light);
  });
});

describe('hash', () => {
  const KEYS = Array.from({ length: 5000 }, (_, i) => `user-${i}`);
  const place = (strategy: Strategy, among: readonly Server[]): Server[] =>
    KEYS.map((hashed) => strategy.pick(among, { hashed, stuckTo: '' }));

  it('gives the same key to the same server, in every process', () => {
    const [first, second] = [
      place(STRATEGIES['hash']!(), servers(1, 2, 1)),
      place(STRATEGIES['hash']!(), servers(1, 2, 1)),
    ];
    expect(first.map(({ key }) => key)).toEqual(second.map(({ key }) => key));
    // Pinned: a gateway of another version in the same group must choose alike.
    expect(first.slice(0, 6).map(({ key }) => key.at(-6))).toEqual(['1', '1', '2', '2', '3', '3']);
  });

  it('in whatever order the servers are listed', () => {
    const all = servers(1, 2, 1, 3);
    expect(place(STRATEGIES['hash']!(), all)).toEqual(place(STRATEGIES['hash']!(), all.toReversed()));
  });

  it.each([2, 3, 5, 10, 50])('moves no key but those of the server that leaves, 1 in %i, and spreads them', (n) => {
    const all = servers(...Array.from({ length: n }, () => 1));
    const strategy = STRATEGIES['hash']!();
    const before = place(strategy, all);
    const after = place(strategy, all.slice(1));
    const moved = KEYS.filter((_, i) => before[i] !== after[i]).length;
    expect(before.every((server, i) => server === all[0] || after[i] === server)).toBe(true);
    expectShare(moved, KEYS.length, 1 / n);
    expect(new Set(after.filter((_, i) => before[i] === all[0])).size).toBeGreaterThan((n - 1) / 2);
  });

  it('moves only to a server that grows, while it warms up', () => {
    const all = servers(1, 1, 0.1);
    const strategy = STRATEGIES['hash']!();
    let before = place(strategy, all);
    for (const weight of [0.3, 0.6, 1]) {
      all[2]!.weight = weight;
      const after = place(strategy, all);
      expect(after.every((server, i) => server === before[i] || server === all[2])).toBe(true);
      before = after;
    }
  });

  it('passes a server over that has more than its bound, and comes back to it', () => {
    const all = servers(1, 1, 1, 1);
    const strategy = STRATEGIES['hash with a bound']!();
    const seeker = { hashed: 'everybody wants this', stuckTo: '' };
    const home = strategy.pick(all, seeker);
    for (let i = 0; i < 100; i++) strategy.pick(all, seeker).busy++;
    for (const { busy } of all) expect(busy).toBeLessThanOrEqual(Math.ceil((1.25 * 100) / 4));
    expect(home.busy).toBeGreaterThan(25);
    for (const server of all) server.busy = 0;
    expect(strategy.pick(all, seeker)).toBe(home);
  });
});
