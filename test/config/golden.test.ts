import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { describeConfig } from '../../src/cli/report.ts';
import { loadConfig } from '../../src/config/index.ts';

const folder = fileURLToPath(new URL('golden/', import.meta.url));
const configs = readdirSync(folder).filter((name) => /\.(?:ya?ml|json|ts|js)$/.test(name));

/** What a person reads, with this machine's paths left out. */
async function read(name: string): Promise<string> {
  const loaded = await loadConfig(folder + name, { file: name, env: { HOME: '/home/somebody' } });
  return describeConfig(loaded, false).replaceAll(folder, '<here>/');
}

describe('a config with a mistake is answered with its place and its mend', () => {
  it.each(configs)('%s', async (name) => {
    const expected = `${folder}${name.replace(/\.\w+$/, '')}.txt`;
    const text = await read(name);
    // UPDATE_GOLDEN=1 writes what is said now; the difference is then read like any other change.
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(expected, text);
    expect(text).toBe(readFileSync(expected, 'utf8'));
  });

  it('has one expectation for every config, and no other', () => {
    const expectations = readdirSync(folder).filter((name) => name.endsWith('.txt'));
    expect(expectations.map((name) => name.slice(0, -4)).toSorted()).toEqual(
      configs.map((name) => name.replace(/\.\w+$/, '')).toSorted(),
    );
  });
});
