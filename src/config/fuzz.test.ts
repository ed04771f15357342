import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { proseOf } from '../diagnostics/index.ts';
import { parseConfig, resolveConfig, type Config, type ConfigResult } from './index.ts';

const keys = [
  'listen trustedProxies upstreams cors routes limits timeouts log explain __proto__ servers tls maxIdle idleTimeout',
  'origins methods credentials groups regex report path host method header proxy files redirect respond stripPrefix',
  'rewrite name to status headers body index fallback head idle a constructor toString ',
]
  .join(' ')
  .split(' ');
const texts = [
  '/* /a/:id /a/* * a 8080 :80 http://127.0.0.1:1 https://a.example 5s 1KiB GET ${X} ${ $${X} __proto__ constructor % é',
  '\0 \u2028 https://*.example.com null',
]
  .join(' ')
  .split(' ');

const leaf = fc.oneof(
  fc.constantFrom(...texts),
  fc.string(),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof({ maxDepth: 5, withCrossShrink: true }, leaf, tie('list'), tie('object')),
  list: fc.array(tie('tree'), { maxLength: 4 }),
  object: fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string({ maxLength: 3 })), tie('tree'), { maxKeys: 5 }),
}));

/** Shaped enough like a config that the deep checks are reached. */
const route = fc.dictionary(
  fc.constantFrom(
    'path',
    'host',
    'method',
    'header',
    'proxy',
    'redirect',
    'respond',
    'cors',
    'stripPrefix',
    'rewrite',
    'timeouts',
  ),
  tree,
);
const config = fc.record(
  {
    routes: fc.array(route, { maxLength: 4 }),
    upstreams: tree,
    cors: fc.dictionary(fc.constantFrom('a', 'b', 'default'), tree),
    listen: tree,
    limits: tree,
  },
  { requiredKeys: [] },
);

/** Either a model, or problems with prose, of which one at least is an error. */
function holds(result: ConfigResult): void {
  if ('model' in result) {
    expect(Object.isFrozen(result.model)).toBe(true);
    return;
  }
  expect(result.problems.some(({ severity }) => severity === 'error')).toBe(true);
  for (const problem of result.problems) {
    const { message, mend } = proseOf(problem);
    expect(message).not.toBe(problem.code);
    expect(`${message}${mend}`).not.toMatch(/undefined|\[object/);
  }
}

describe('no input makes the config fail otherwise than with problems', () => {
  it('objects', () => {
    fc.assert(
      fc.property(fc.oneof(config, tree), (value) => holds(resolveConfig(value as Config, { checkFiles: false }))),
      { numRuns: 1500 },
    );
  });

  it('YAML and JSON of objects', () => {
    fc.assert(
      fc.property(config, fc.boolean(), (value, json) => {
        const text = json ? JSON.stringify(value) : stringify(value);
        holds(parseConfig(text, json ? 'json' : 'yaml', { env: { X: '1' }, checkFiles: false }));
      }),
      { numRuns: 800 },
    );
  });

  it('text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...keys,
        ...texts,
        ': ',
        '- ',
        '\n',
        '  ',
        '\t',
        '{',
        '}',
        '[',
        ']',
        '&a ',
        '*a',
        '<<',
        '!',
        '|',
        '>',
        '"',
        "'",
        '#',
        '---',
        '?',
      ),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        holds(parseConfig(pieces.join(''), 'yaml', { env: {}, checkFiles: false }));
      }),
      { numRuns: 3000 },
    );
  });

  it('deep nesting', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{ a: ', '}'],
      ['- ', ''],
    ] as const) {
      holds(parseConfig(open.repeat(20_000) + close.repeat(20_000), 'yaml', { env: {} }));
    }
    const cyclic: Record<string, unknown> = { routes: [{ respond: 204, cors: {} }] };
    cyclic['cors'] = { a: cyclic };
    holds(resolveConfig(cyclic as unknown as Config));
  });
});
