import { describe, expect, it } from 'vitest';
import { selectRange } from './range.ts';

describe('a Range of 1000 bytes', () => {
  it.each([
    ['bytes=0-499', 0, 499],
    ['bytes=500-', 500, 999],
    ['bytes=-200', 800, 999],
    ['bytes=-5000', 0, 999],
    ['bytes=999-999', 999, 999],
    ['bytes=0-99999999999999999999999', 0, 999],
    ['Bytes=0-0', 0, 0],
    ['bytes= 1-2 ,', 1, 2],
  ])('%s is a part', (field, first, last) => {
    expect(selectRange(field, 1000)).toEqual({ first, last });
  });

  it.each(['bytes=1000-', 'bytes=1000-2000', 'bytes=-0', 'bytes=99999999999999999999999-'])(
    '%s lies outside',
    (field) => {
      expect(selectRange(field, 1000)).toBe('unsatisfiable');
    },
  );

  it.each([
    'items=0-5',
    'bytes',
    'bytes=',
    'bytes=a-b',
    'bytes=5-2',
    'bytes=-',
    'bytes=+1-2',
    'bytes=0x1-2',
    'bytes=1 - 2',
    'bytes=0-1,5-6',
    'bytes=--5',
  ])('%s is ignored', (field) => {
    expect(selectRange(field, 1000)).toBeUndefined();
  });

  it('of an empty file is unsatisfiable unless it asks for the last bytes', () => {
    expect(selectRange('bytes=0-', 0)).toBe('unsatisfiable');
    expect(selectRange('bytes=-5', 0)).toBeUndefined();
  });
});
