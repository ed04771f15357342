import { readFileSync } from 'node:fs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import { generateSchema } from '../../../scripts/schema.mjs';
import type { Config } from '../types.ts';
import type { configSchema } from './schema.ts';

const file = readFileSync(new URL('../../../schema.json', import.meta.url), 'utf8');
const schema = z.fromJSONSchema(JSON.parse(file));

type Shape = z.input<typeof configSchema>;
type Route = Config['routes'][number];
type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

describe('the types', () => {
  it('say what the schema takes, and no key is known to only one of them', () => {
    expectTypeOf<Config>().toExtend<DeepReadonly<Shape>>();
    expectTypeOf<keyof Config>().toEqualTypeOf<keyof Shape>();
    expectTypeOf<keyof Route>().toEqualTypeOf<keyof Shape['routes'][number]>();
    expectTypeOf<keyof NonNullable<Config['limits']>>().toEqualTypeOf<keyof NonNullable<Shape['limits']>>();
    expectTypeOf<keyof NonNullable<Config['timeouts']>>().toEqualTypeOf<keyof NonNullable<Shape['timeouts']>>();
  });
});

describe('schema.json', () => {
  it('is what `node scripts/schema.mjs` writes', async () => {
    expect(await generateSchema()).toBe(file);
  });

  it('describes every option', () => {
    const { definitions, properties } = JSON.parse(file) as {
      properties: Record<string, { description?: string }>;
      definitions: Record<string, { properties: Record<string, { description?: string }> }>;
    };
    for (const each of [properties, ...Object.values(definitions).map((definition) => definition.properties)]) {
      for (const [name, property] of Object.entries(each))
        expect([name, property.description]).not.toContain(undefined);
    }
  });

  it.each<[string, unknown]>([
    ['a small config', { routes: [{ path: '/*', files: './dist', fallback: '/index.html' }] }],
    [
      'a large one',
      {
        listen: ['127.0.0.1:8080', 8443],
        upstreams: { a: 'http://a', b: { servers: ['http://b'], timeouts: { head: '5s', idle: 0 }, maxIdle: 3 } },
        cors: {
          p: { origins: ['https://a.example', { regex: 'https://b' }], credentials: true, maxAge: '2h', report: 'q' },
          q: { groups: [{ origins: '*' }], report: { origins: '*' } },
        },
        routes: [
          { proxy: 'a', cors: 'p' },
          { respond: 204, cors: { origins: '*' }, header: { a: true, b: '1' } },
        ],
        limits: { body: '1GiB', headers: 100, headerCount: '${N}' },
        'x-anchors': [1],
      },
    ],
  ])('accepts %s', (_, config) => {
    expect(schema.safeParse(config).error).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['an unknown key', { routes: [{ respond: 204 }], rotues: [] }],
    ['an unknown key of a policy', { cors: { a: { origin: '*' } }, routes: [{ respond: 204 }] }],
    ['no routes', {}],
    ['a route without an action', { routes: [{ path: '/' }] }],
    ['a route with two actions', { routes: [{ proxy: 'a', respond: 204 }] }],
    ['a wrong duration', { timeouts: { head: '5 seconds' }, routes: [{ respond: 204 }] }],
    ['a wrong status', { routes: [{ redirect: { to: '/', status: 200 } }] }],
  ])('refuses %s', (_, config) => {
    expect(schema.safeParse(config).success).toBe(false);
  });

  it('refuses an unknown key of a route', () => {
    // Read without `oneOf`: zod lets keys pass that only one side of an intersection forbids.
    const json = JSON.parse(file) as { definitions: { RouteOptions: { oneOf?: unknown } } };
    delete json.definitions.RouteOptions.oneOf;
    const strict = z.fromJSONSchema(json as unknown as z.core.JSONSchema.JSONSchema);
    expect(strict.safeParse({ routes: [{ respond: 204 }] }).success).toBe(true);
    expect(strict.safeParse({ routes: [{ respond: 204, cros: 'a' }] }).success).toBe(false);
  });
});
