import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { DoctorEntry } from '../diagnostics/catalogue/doctor-entry.ts';
import { doctorCatalogue } from '../diagnostics/catalogue/doctor.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const code = readdirSync(here, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => readFileSync(here + name, 'utf8'))
  .join('\n');
const guide = readFileSync(new URL('../../docs/doctor.md', import.meta.url), 'utf8');

describe.each(Object.entries(doctorCatalogue))('%s', (name, entry: DoctorEntry) => {
  it('is found by somebody', () => {
    expect(code).toContain(`'${name}'`);
  });

  it('has prose of whole sentences, and a place in a standard', () => {
    const data = { names: ['x-a'], missing: 'x', browser: 'Safari' };
    expect(name).toMatch(/^doctor(?:-[a-z]+)+$/);
    expect(entry.message(data)).toMatch(/^[A-Z`].*\.$/);
    expect(entry.mend(data)).not.toBe('');
    expect(entry.step).toMatch(/^(?:Fetch|RFC \d+|Mixed Content|Local Network Access|none|the engines)/);
  });

  it('is in the guide', () => {
    expect(guide).toContain(`\`${name}\``);
  });
});

it('the guide has no finding that there is none of', () => {
  const named = [...guide.matchAll(/^\| `(doctor-[a-z-]+)`/gm)].map(([, found]) => found);
  expect(named.toSorted()).toEqual(Object.keys(doctorCatalogue).toSorted());
});
