import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainConsole } from './index.ts';
import { PATTERNS } from './patterns/index.ts';

const SIZE = 1_000_000;
/** What reading in linear time stays far below, and in quadratic time takes hours for. */
const PATIENCE = 20_000;

const pieces = PATTERNS.flatMap(({ text }) => text.split(/\{\w+\}/)).filter((piece) => piece !== '');
const noise = fc.constantFrom(
  '\n',
  ' ',
  "'",
  '‘',
  '\u001B[31m',
  '\u001B]8;;',
  'https://a.example/',
  'app.js:1:2\n',
  '\\n',
  '&#39;',
  '\0',
  '\uD800',
  '> ',
);

describe('any text', () => {
  it('can be explained, and of known messages in pieces nothing breaks', () => {
    const part = fc.oneof(fc.constantFrom(...pieces), noise, fc.string({ maxLength: 20, unit: 'binary' }));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const { findings, understood, unknown, urls } = explainConsole(parts.join(''));
        expect(understood).toBe(
          findings.length > 0 && (unknown.length === 0 || findings.some(({ code }) => code !== 'reason-missing')),
        );
        expect(urls.length).toBeLessThanOrEqual(200);
        for (const { message, causes, count } of findings) {
          expect(message.length * causes.length * count).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('hides no message, whatever stands around it', () => {
    const message = 'Method PURGE is not allowed by Access-Control-Allow-Methods in preflight response.';
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.string({ maxLength: 200 }), (before, after) => {
        const { findings } = explainConsole(`${before}\n${message}\n${after}`);
        expect(findings).toContainEqual(
          expect.objectContaining({
            code: 'method-not-allowed',
            data: expect.objectContaining({ method: 'PURGE' }) as object,
          }),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('a megabyte is read in linear time:', () => {
  const repeat = (text: string): string => text.repeat(Math.ceil(SIZE / text.length)).slice(0, SIZE);

  it.each([
    'a',
    ' ',
    '\n',
    '"',
    '\u001B[',
    '\u001B]',
    '\\',
    'https://',
    'https://a.example/ ',
    'Access to fetch at ',
    "Access to fetch at 'https://a.example' from origin ",
    'Origin ',
    'Origin is not allowed by Access-Control-Allow-Origin. ',
    'Request header field x ',
    'net::ERR_FAILED',
    'XMLHttpRequest cannot load ',
    'Fetch API cannot load x',
    'Header Access-Control-Allow-Methods has an invalid value: ',
    'CORS cross-origin\n',
    'a:1',
    'POST https://a.example/x net::ERR_FAILED\n',
    'Failed to fetch',
  ])(
    '%j again and again',
    (text) => {
      expect(explainConsole(repeat(text))).toBeDefined();
    },
    PATIENCE,
  );

  it(
    'every message there is, with differing values',
    () => {
      let text = '';
      for (let i = 0; text.length < SIZE; i++) {
        const { text: pattern = '' } = PATTERNS[i % PATTERNS.length] ?? {};
        text += `${pattern.replaceAll(/\{\w+\}/g, `https://a${i}.example/`)}\n`;
      }
      expect(explainConsole(text).findings.length).toBeGreaterThan(1000);
    },
    PATIENCE,
  );
});
