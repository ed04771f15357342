import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPolicy } from './policy.ts';
import { regexCost } from './regex-ambiguity.ts';
import { parseRegex } from './regex-dialect.ts';
import { sampleOrigins } from './regex-samples.ts';

function cost(source: string): string {
  const parsed = parseRegex(source);
  return 'problem' in parsed ? 'syntax' : regexCost(parsed.node);
}

function codes(regex: string, credentials = true): string[] {
  const result = createPolicy({ origins: { regex }, credentials });
  return ('problems' in result ? result.problems : result.warnings).map(({ code }) => code);
}

describe('the cost of a regex', () => {
  it.each([
    'https://pr-\\d+--site\\.netlify\\.app',
    'https://[a-z0-9-]+--site\\.netlify\\.app',
    'https://.*\\.example\\.com',
    'https://(?:[a-z0-9-]+\\.)+example\\.com',
    'https://[a-z]+(?:-[a-z]+)*\\.example\\.com',
    'https://(app|www|api)\\.example\\.(com|org)(:\\d{1,5})?',
    'https://[\\w-]{1,40}\\.example\\.com',
    '^https://a\\.test$',
    'https://a+?\\.test',
  ])('%s is linear', (source) => expect(cost(source)).toBe('linear'));

  it.each([
    '(a+)+',
    '(?:a*)*',
    '(a|a)*b',
    '.*.*',
    'https://.*foo.*\\.example\\.com',
    '(?:a?|b?)*',
    '(?:(?:a?|b?)c)*',
    '[a-z0-9-]+-[a-z0-9-]+\\.test',
    '(?:[a-z]+\\.?)+test',
    'a{0,}a{2,}b',
  ])('%s is not', (source) => expect(cost(source)).toBe('super-linear'));

  it.each([
    '(?=a)',
    '(?<n>a)',
    '\\1',
    '\\s',
    'a**',
    '[z-a]',
    '(',
    ')',
    'a{3,2}',
    'a{999}',
    'ä',
    'a b',
    '\\',
    '[a',
    'x^y',
  ])('%s is outside of the dialect', (source) => expect(cost(source)).toBe('syntax'));

  it('never throws, and what it calls linear is', () => {
    const part = fc.constantFrom(
      'a',
      'b',
      '-',
      '.',
      '[ab]',
      '[^a]',
      '(',
      '(?:',
      ')',
      '|',
      '*',
      '+',
      '?',
      '{2}',
      '{1,}',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
        const source = parts.join('');
        if (cost(source) !== 'linear') return;
        const expression = new RegExp(`^(?:${source})$`);
        const start = performance.now();
        for (const unit of ['a', 'b', 'ab', 'a-', '-']) expression.test(`${unit.repeat(200)}!`);
        expect(performance.now() - start, source).toBeLessThan(50);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('the samples of a regex', () => {
  it('are origins that it lets in', () => {
    const part = fc.constantFrom(
      'a',
      '.',
      '-',
      '\\d',
      '[a-c.]',
      '[^a]',
      '\\.',
      '(',
      '(?:',
      ')',
      '|',
      '*',
      '+',
      '?',
      '{2}',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const source = `https://${parts.join('')}a\\.test`;
        const parsed = parseRegex(source);
        if ('problem' in parsed) return;
        for (const sample of sampleOrigins(parsed.node)) expect(sample).toMatch(new RegExp(`^(?:${source})$`));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('the neighbours of a regex', () => {
  it.each([
    ['https://.*example\\.com', 'no dot before the domain'],
    ['https://example.com', 'an unescaped dot'],
    ['https://example\\.com.*', 'an open end'],
    ['https://example\\.[a-z]+', 'any top-level domain'],
    ['https://(.*\\.)?example.com', 'an unescaped dot behind a group'],
    ['https://[a-z]+\\.com', 'any domain'],
    ['https://app\\d+\\.com', 'a family of domains'],
    ['https://.+', 'everything'],
    ['https://.*', 'everything'],
    ['[a-z]+://app\\.example\\.com', 'any scheme'],
  ])('%s is refused: %s', (regex) => expect(codes(regex)).toContain('cors-regex-neighbour'));

  it.each([
    'https://app\\.example\\.com',
    'https://.*\\.example\\.com',
    'https://([a-z]+\\.)?example\\.com',
    'https://(app|www)\\.example\\.(com|org)(:\\d+)?',
    'https://colou?r\\.com',
    'http://localhost:\\d+',
  ])('%s has none', (regex) => expect(codes(regex)).toEqual([]));

  it('warns of names that strangers can register at the same company', () => {
    expect(codes('https://pr-\\d+--site\\.netlify\\.app')).toEqual(['cors-open-registration']);
    expect(codes('https://.*--site\\.netlify\\.app')).toEqual(['cors-open-registration']);
  });

  it('refuses a whole company', () => {
    expect(codes('https://[a-z0-9-]+\\.vercel\\.app')).toEqual(['cors-public-suffix']);
    expect(codes('https://[a-z0-9-]+\\.vercel\\.app', false)).toEqual(['cors-public-suffix-anonymous']);
  });
});
