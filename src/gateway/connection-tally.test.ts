import { describe, expect, it } from 'vitest';
import { resolveConfig, type Config } from '../config/index.ts';
import { ConnectionTally, type PlaceInTally } from './connection-tally.ts';

function tally(limits: Config['limits'], trustedProxies: readonly string[] = []): ConnectionTally {
  const result = resolveConfig({
    routes: [{ respond: 204 }],
    trustedProxies,
    ...(limits === undefined ? {} : { limits }),
  });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return new ConnectionTally(result.model);
}

function places(counting: ConnectionTally, ...addresses: readonly string[]): PlaceInTally[] {
  return addresses.map((address) => counting.add(address));
}

describe('a limit per address', () => {
  it('counts each IPv4 address for itself', () => {
    const counting = tally({ connectionsPerAddress: 2 });
    expect(places(counting, '10.0.0.1', '10.0.0.1', '10.0.0.2', '10.0.0.1')).toEqual([
      'within',
      'within',
      'within',
      'beyond',
    ]);
  });

  it('takes an address for the same in IPv6 clothes', () => {
    expect(places(tally({ connectionsPerAddress: 1 }), '10.0.0.1', '::ffff:10.0.0.1')).toEqual(['within', 'beyond']);
  });

  it('takes a /64 of IPv6 for one, since one customer has as much', () => {
    const counting = tally({ connectionsPerAddress: 1 });
    expect(places(counting, '2001:db8::1', '2001:db8:0:0:ffff::2', '2001:db8:0:1::1')).toEqual([
      'within',
      'beyond',
      'within',
    ]);
  });

  it('never counts trusted proxies, from which everybody comes', () => {
    const counting = tally({ connectionsPerAddress: 1 }, ['10.0.0.0/8', 'fd00::/8']);
    const addresses = ['10.0.0.1', '10.0.0.1', '::ffff:10.0.0.1', 'fd00::1', 'fd00::1', '11.0.0.1', '11.0.0.1'];
    expect(places(counting, ...addresses)).toEqual([...Array.from({ length: 6 }, () => 'within'), 'beyond']);
  });
});

describe('connections that close', () => {
  it('make room', () => {
    const counting = tally({ connections: 2, connectionsPerAddress: 1 });
    expect(places(counting, '10.0.0.1', '10.0.0.2')).toEqual(['within', 'within']);
    counting.remove('10.0.0.1');
    expect(places(counting, '10.0.0.2')).toEqual(['beyond']);
    counting.remove('10.0.0.2');
    counting.remove('10.0.0.2');
    expect(places(counting, '10.0.0.1')).toEqual(['within']);
  });
});

describe('connections beyond a limit', () => {
  it('are told so up to a point', () => {
    const found = places(tally({ connections: 4 }), ...Array.from({ length: 22 }, (_, i) => `10.0.0.${i}`));
    expect(found.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => 'within'));
    expect(found.slice(4, 20)).toEqual(Array.from({ length: 16 }, () => 'beyond'));
    expect(found.slice(20)).toEqual(['far beyond', 'far beyond']);
  });

  it('are none where there is no limit', () => {
    const addresses = Array.from({ length: 30_000 }, () => '10.0.0.1');
    expect(new Set(places(tally({ connections: 0 }), ...addresses))).toEqual(new Set(['within']));
  });
});
