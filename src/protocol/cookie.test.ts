import { expect, it } from 'vitest';
import { cookieValue } from './cookie.ts';

it.each([
  ['a=1', '1'],
  ['b=2; a=1', '1'],
  ['b=2;a=1;c=3', '1'],
  ['a=1; a=2', '1'],
  ['a=', ''],
  ['a=x=y', 'x=y'],
  ['a="quoted"', 'quoted'],
  ['a="', '"'],
  [' a = 1 ', '1'],
  ['aa=2; ba=3', undefined],
  ['a; b=1', undefined],
  ['', undefined],
  ['A=1', undefined],
  [';;;=;a=1', '1'],
])('of %j it is %j', (field, value) => {
  expect(cookieValue(field, 'a')).toBe(value);
});
