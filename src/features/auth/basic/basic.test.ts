import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOf } from '../../../../test/fixtures/random.ts';
import { formatPasswordHash, parsePasswordHash } from '../../../protocol/password-hash.ts';
import { readBasic } from './basic-credentials.ts';

const count = countOf(1000);
const field = (bytes: Uint8Array | string): string => `Basic ${Buffer.from(bytes).toString('base64')}`;

describe('credentials of the scheme Basic', () => {
  it('are what was encoded, if that is UTF-8 without control characters and with a colon', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (user, password) => {
        const isRight = !/[\u0000-\u001f\u007f]/.test(user + password) && !user.includes(':');
        const read = readBasic(field(`${user}:${password}`));
        if (isRight) expect(read).toEqual({ user, password });
        else if (!user.includes(':')) expect(read).toBe('malformed');
      }),
      { numRuns: count },
    );
  });

  it('of any bytes are none, or the ones that they are encoded from', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        const read = readBasic(field(bytes));
        if (typeof read === 'object') expect(Buffer.from(`${read.user}:${read.password}`)).toEqual(Buffer.from(bytes));
        else expect(read).toBe('malformed');
      }),
      { numRuns: count },
    );
  });

  it('in any text are read without a fault', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readBasic(text) ?? 'none').toBeDefined();
        expect(readBasic(`Basic ${text}`)).toBeDefined();
      }),
      { numRuns: count },
    );
  });

  it.each([
    ['Bearer YTpi', undefined],
    ['Basic', undefined],
    ['basic YTpi', { user: 'a', password: 'b' }],
    ['Basic YTpi=', 'malformed'],
    ['Basic Y', 'malformed'],
    ['Basic YTp', { user: 'a', password: '' }],
    ['Basic YT:pi', 'malformed'],
    ['Basic YTpi YTpi', 'malformed'],
    ['Basic Og==', { user: '', password: '' }],
    ['Basic Og', { user: '', password: '' }],
  ])('%j', (text, read) => {
    expect(readBasic(text)).toEqual(read);
  });
});

describe("a password's hash", () => {
  const salt = 'A'.repeat(22);
  const hash = 'B'.repeat(43);

  it.each([
    [`$scrypt$ln=15,r=8,p=3$${salt}$${hash}`, { ln: 15, r: 8, p: 3, salt, hash }],
    [`$scrypt$ln=13,r=8,p=1$${salt}$${hash}`, { ln: 13, r: 8, p: 1, salt, hash }],
    [`$scrypt$ln=12,r=8,p=1$${salt}$${hash}`, 'cost'],
    [`$scrypt$ln=19,r=8,p=1$${salt}$${hash}`, 'cost'],
    [`$scrypt$ln=15,r=999,p=1$${salt}$${hash}`, 'cost'],
    [`$scrypt$ln=15,r=8,p=0$${salt}$${hash}`, 'cost'],
    [`$scrypt$ln=15,r=8,p=17$${salt}$${hash}`, 'cost'],
    [`$scrypt$ln=15,r=8,p=3$${salt}$${hash}=`, 'form'],
    [`$scrypt$ln=15,r=8,p=3$AAAA$${hash}`, 'form'],
    [`$2b$12$${salt}${hash}`, 'form'],
    ['swordfish', 'form'],
    ['', 'form'],
  ])('%j', (text, parsed) => {
    expect(parsePasswordHash(text)).toEqual(parsed);
    if (typeof parsed === 'object') expect(formatPasswordHash(parsed)).toBe(text);
  });
});
