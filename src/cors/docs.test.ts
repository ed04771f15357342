import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { POLICY_KEYS } from './validate-policy.ts';

const page = readFileSync(new URL('../../docs/cors.md', import.meta.url), 'utf8');

describe('docs/cors.md', () => {
  it.each([...POLICY_KEYS])('describes `%s`', (key) => {
    expect(page).toContain(`\`${key}\``);
  });
});
