import { describe, expect, it } from 'vitest';
import { preferredCodings } from './accept-encoding.ts';

const names = (field: string | undefined) => preferredCodings(field).map((coding) => coding.name);

describe('codings by Accept-Encoding', () => {
  it.each([
    ['gzip, deflate, br, zstd', ['br', 'zstd', 'gzip']],
    ['gzip', ['gzip']],
    ['x-gzip', ['gzip']],
    ['GZIP', ['gzip']],
    ['br;q=0.5, gzip;q=0.8', ['gzip', 'br']],
    ['*', ['br', 'zstd', 'gzip']],
    ['*;q=0.1, br;q=0', ['zstd', 'gzip']],
    ['identity;q=1, *;q=0', []],
    ['identity, br;q=0.9, gzip', ['gzip']],
    ['br;q=0', []],
    ['br;q=nonsense', []],
    ['br ; q=1.000', ['br']],
    ['deflate', []],
    ['', []],
    [undefined, []],
  ])('%s', (field, expected) => {
    expect(names(field)).toEqual(expected);
  });
});
