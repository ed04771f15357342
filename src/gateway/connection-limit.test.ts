import { describe, expect, it } from 'vitest';
import { resolveConfig, type Config, type Model } from '../config/index.ts';
import { connectionLimit, descriptorLimit, overflowOf } from './connection-limit.ts';

function model(config: Partial<Config>): Model {
  const result = resolveConfig({ routes: [{ respond: 204 }], ...config });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.model;
}

const proxying = model({ routes: [{ proxy: 'http://127.0.0.1:1' }] });

describe('the limit by descriptors', () => {
  it('is what docs/configuration.md says', () => {
    expect(connectionLimit(proxying, 1024)).toBe(429);
  });

  it.each([256, 1024, 4096, 20_000])(
    'of %i leaves room for whatever connections within and beyond it need',
    (limit) => {
      const connections = connectionLimit(proxying, limit);
      expect(connections).toBeGreaterThan(limit / 4);
      expect(2 * connections + overflowOf(connections) + 64).toBeLessThan(limit);
    },
  );

  it('leaves room for idle connections to each server of each upstream, once', () => {
    const routes = [
      { path: '/a', proxy: 'several' },
      { path: '/b', proxy: 'several' },
      { path: '/c', respond: 204 },
    ];
    const servers = ['http://127.0.0.1:1', 'http://127.0.0.1:2'];
    const several = model({ upstreams: { several: { servers, maxIdle: 100 } }, routes });
    expect(connectionLimit(several, 4096)).toBe(Math.floor((4096 - 48 - 200) / 2.125));
  });

  it('leaves room for idle connections of guards', () => {
    const guard = { target: 'https://api.example.com', allow: 'GET /*' };
    const guarding = model({
      routes: [
        { path: '/a/*', guard },
        { path: '/b/*', guard },
      ],
    });
    expect(connectionLimit(guarding, 4096)).toBe(Math.floor((4096 - 48 - 2 * 64) / 2.125));
  });

  it('ends where memory becomes the matter, and never at nothing', () => {
    expect(connectionLimit(proxying, 1_048_576)).toBe(10_000);
    expect(connectionLimit(proxying, undefined)).toBe(10_000);
    expect(connectionLimit(proxying, 20)).toBe(1);
  });

  it('asks the system', () => {
    const limit = connectionLimit(proxying, descriptorLimit());
    expect(limit).toBeGreaterThan(1);
    expect(limit).toBeLessThanOrEqual(10_000);
  });
});
