import { describe, expect, it } from 'vitest';
import { HeaderList } from '../../wire/header-list.ts';
import { evaluateConditions, rangeApplies } from './conditions.ts';

const at = (seconds: number) => Date.UTC(2026, 0, 1, 12, 0, seconds);
const text = (seconds: number) => new Date(at(seconds)).toUTCString();
const strong = { etag: '"a"', lastModified: at(30), strongDate: true };
const weak = { etag: 'W/"a"', lastModified: at(30), strongDate: false };

const outcome = (headers: Record<string, string>, validators = strong) =>
  evaluateConditions(HeaderList.of(...Object.entries(headers)), validators);

describe('preconditions', () => {
  it.each([
    [{}, 'proceed'],
    [{ 'If-None-Match': '"a"' }, 'not-modified'],
    [{ 'If-None-Match': 'W/"a"' }, 'not-modified'],
    [{ 'If-None-Match': '"x", "a"' }, 'not-modified'],
    [{ 'If-None-Match': '*' }, 'not-modified'],
    [{ 'If-None-Match': '"b"' }, 'proceed'],
    [{ 'If-None-Match': 'a' }, 'proceed'],
    [{ 'If-None-Match': '"b"', 'If-Modified-Since': text(59) }, 'proceed'],
    [{ 'If-Modified-Since': text(30) }, 'not-modified'],
    [{ 'If-Modified-Since': text(29) }, 'proceed'],
    [{ 'If-Modified-Since': 'yesterday' }, 'proceed'],
    [{ 'If-Match': '"a"' }, 'proceed'],
    [{ 'If-Match': '*' }, 'proceed'],
    [{ 'If-Match': 'W/"a"' }, 'precondition-failed'],
    [{ 'If-Match': '"b"' }, 'precondition-failed'],
    [{ 'If-Match': '"a"', 'If-Unmodified-Since': text(0) }, 'proceed'],
    [{ 'If-Match': '"a"', 'If-None-Match': '"a"' }, 'not-modified'],
    [{ 'If-Unmodified-Since': text(29) }, 'precondition-failed'],
    [{ 'If-Unmodified-Since': text(30) }, 'proceed'],
    [{ 'If-Unmodified-Since': 'never' }, 'proceed'],
  ] as const)('%j come to %s', (headers, expected) => {
    expect(outcome(headers)).toBe(expected);
  });

  it('read a list that is spread over several lines', () => {
    const headers = HeaderList.of(['If-None-Match', '"x"'], ['If-None-Match', '"a"']);
    expect(evaluateConditions(headers, strong)).toBe('not-modified');
  });

  it('compare strongly for If-Match and weakly for If-None-Match', () => {
    expect(outcome({ 'If-Match': 'W/"a"' }, weak)).toBe('precondition-failed');
    expect(outcome({ 'If-None-Match': '"a"' }, weak)).toBe('not-modified');
  });
});

describe('If-Range', () => {
  const applies = (value: string, validators = strong) => rangeApplies(HeaderList.of(['If-Range', value]), validators);

  it('lets the range stand for the same strong tag or date only', () => {
    expect(rangeApplies(new HeaderList(), strong)).toBe(true);
    expect(applies('"a"')).toBe(true);
    expect(applies(text(30))).toBe(true);
    expect(applies('"b"')).toBe(false);
    expect(applies('W/"a"', weak)).toBe(false);
    expect(applies(text(31))).toBe(false);
    expect(applies(text(30), weak)).toBe(false);
    expect(applies('nonsense')).toBe(false);
  });
});
