import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { stacks, type Wish } from './index.ts';
import { STACKS } from './names.ts';

const WISH: Wish = {
  origin: 'https://app.example.com',
  methods: ['PUT', 'DELETE'],
  headers: ['content-type', 'x-token'],
  expose: ['x-total-count'],
  credentials: true,
  maxAge: 7200,
  target: 'https://api.example.com',
  prefix: '/api/',
};

describe.each(STACKS)('%s', (name) => {
  const stack = stacks[name];
  const { files, warnings } = stack.write(WISH);
  const text = files.map((file) => file.text).join('\n');

  it('has its own name, and says all that is wished', () => {
    expect(stack.name).toBe(name);
    const wished = [WISH.origin, ...WISH.methods, ...WISH.headers, ...WISH.expose, '7200'];
    expect(wished.filter((word) => !text.includes(word))).toEqual([]);
    expect(text).toMatch(/credentials/i);
    expect(warnings.length).toBeGreaterThan(0);
  });

  it('says nothing of what is not wished', () => {
    const plain = stack.write({ ...WISH, headers: [], expose: [], credentials: false });
    const less = plain.files.map((file) => file.text).join('\n');
    expect(less).not.toContain('x-total-count');
    expect(less).not.toContain('x-token');
    expect(less).not.toMatch(/credentials\W+(?:true\b|'true')/i);
    expect(less).not.toMatch(/\b(?:undefined|false,)\b/);
  });

  it('is YAML where it says so', () => {
    for (const file of files.filter(({ language }) => language === 'yaml')) {
      expect(() => void parse(file.text, { logLevel: 'error' })).not.toThrow();
    }
  });
});
