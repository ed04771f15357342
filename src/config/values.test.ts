import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from './duration.ts';
import { expandEnv } from './env.ts';
import { nearestWord } from './nearest.ts';
import { formatPath } from '../diagnostics/index.ts';
import { parseSize } from './size.ts';

it.each<[string, number | undefined]>([
  ['250ms', 250],
  ['5s', 5000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['1h30m', 5_400_000],
  ['0', 0],
  ['0s', 0],
  ['24d', 2_073_600_000],
  ['25d', undefined],
  ['5', undefined],
  ['5 s', undefined],
  ['-5s', undefined],
  ['1.5s', undefined],
  ['5sec', undefined],
  ['', undefined],
  ['99999999999s', undefined],
])('the duration %s is %s ms', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

it.each<[string, number | undefined]>([
  ['512B', 512],
  ['64KiB', 65_536],
  ['10MB', 10_000_000],
  ['1GiB', 1_073_741_824],
  ['1.5 MiB', 1_572_864],
  ['64kib', 65_536],
  ['100', 100],
  ['64k', undefined],
  ['KiB', undefined],
  ['-1B', undefined],
  ['1e3', undefined],
  ['', undefined],
])('the size %s is %s bytes', (text, expected) => {
  expect(parseSize(text)).toBe(expected);
});

describe('environment variables', () => {
  const env = { HOST: 'api.internal', EMPTY: '', PORT: '80' };

  it.each([
    ['http://${HOST}:${PORT}/', 'http://api.internal:80/'],
    ['${NONE:-x}', 'x'],
    ['${EMPTY:-x}', 'x'],
    ['${EMPTY}', ''],
    ['${NONE:-}', ''],
    ['${NONE:-a:-b}', 'a:-b'],
    ['$${HOST}', '${HOST}'],
    ['$HOST and $5', '$HOST and $5'],
    ['https://pr-\\d+$', 'https://pr-\\d+$'],
  ])('%s becomes %s', (text, expected) => {
    expect(expandEnv(text, env)).toEqual({ text: expected });
  });

  it.each([
    ['${NONE}', 'env-unset', 'NONE'],
    ['${toString}', 'env-unset', 'toString'],
    ['${}', 'env-syntax', ''],
    ['${HOST', 'env-syntax', ''],
    ['${HOST-x}', 'env-syntax', ''],
    ['${a b}', 'env-syntax', ''],
    ['${1A}', 'env-syntax', ''],
  ])('%s is a problem: %s', (text, code, name) => {
    expect(expandEnv(text, env)).toMatchObject({ problem: { code, name } });
  });

  it('what a variable holds is not expanded again', () => {
    expect(expandEnv('${A}', { A: '${B}' })).toEqual({ text: '${B}' });
  });

  it('a text without references is left as it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.includes('${'));
        expect(expandEnv(text, {})).toEqual({ text });
      }),
    );
  });
});

it('a mistyped word is taken for the nearest known one, if it is near', () => {
  const known = ['listen', 'routes', 'stripPrefix', 'cors'];
  expect(nearestWord('listne', known)).toBe('listen');
  expect(nearestWord('Routes', known)).toBe('routes');
  expect(nearestWord('strip_prefix', known)).toBe('stripPrefix');
  expect(nearestWord('cros', known)).toBe('cors');
  expect(nearestWord('database', known)).toBeUndefined();
  expect(nearestWord('x'.repeat(5000), known)).toBeUndefined();
  expect(nearestWord('', known)).toBeUndefined();
});

it('a key path is written as in JavaScript', () => {
  expect(formatPath(['routes', 2, 'header', 'x token'])).toBe('routes[2].header["x token"]');
  expect(formatPath([])).toBe('');
});
