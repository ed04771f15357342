import { describe, expect, it } from 'vitest';
import { HeaderList } from '../../wire/header-list.ts';
import { addToVary } from './vary.ts';

function merged(present: readonly string[], names: readonly string[]): string[] {
  const headers = HeaderList.of(['X-A', '1'], ...present.map((value) => ['Vary', value] as const));
  addToVary(headers, names);
  expect(headers.get('x-a')).toBe('1');
  return headers.getAll('vary');
}

describe("names added to a response's Vary", () => {
  it.each([
    [[], ['Origin'], ['Origin']],
    [[], ['Origin', 'X-A'], ['Origin, X-A']],
    [[], [], []],
    [['Accept'], [], ['Accept']],
    [['Accept'], ['Origin'], ['Accept, Origin']],
    // What is there stays as it's written, and isn't listed again in another case.
    [['origin'], ['Origin'], ['origin']],
    [['Accept, ORIGIN'], ['Origin'], ['Accept, ORIGIN']],
    [['Accept', 'origin'], ['Origin'], ['Accept, origin']],
    [['Accept-Encoding', 'Cookie'], ['Origin'], ['Accept-Encoding, Cookie, Origin']],
    [['Original'], ['Origin'], ['Original, Origin']],
    // Everything varies already.
    [['*'], ['Origin'], ['*']],
    [['Accept, *'], ['Origin'], ['*']],
    [[''], ['Origin'], ['Origin']],
    [[', Accept ,,'], ['Origin'], ['Accept, Origin']],
  ])('%j and %j are %j', (present, names, expected) => {
    expect(merged(present, names)).toEqual(expected);
  });

  it('add nothing the second time', () => {
    const headers = HeaderList.of(['Vary', 'Accept']);
    addToVary(headers, ['Origin']);
    addToVary(headers, ['origin']);
    expect(headers.getAll('vary')).toEqual(['Accept, Origin']);
  });
});
