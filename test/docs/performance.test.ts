import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { renderResults } from '../../bench/lib/render.mjs';

const fileOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const RESULTS = fileOf('bench/results/latest.json');

it('the figures in docs/PERFORMANCE.md are the stored ones', () => {
  const text = readFileSync(fileOf('docs/PERFORMANCE.md'), 'utf8');
  const shown = /<!-- results: .*?-->\n\n([^]*?)\n*<!-- \/results -->/.exec(text)?.[1];
  const stored = existsSync(RESULTS) ? renderResults(JSON.parse(readFileSync(RESULTS, 'utf8'))) : '';
  expect(shown).toBe(stored);
});

it('in the stored runs nothing failed, and they were long enough', () => {
  if (!existsSync(RESULTS)) return;
  const { runs, scenarios } = JSON.parse(readFileSync(RESULTS, 'utf8')) as StoredRuns;
  for (const { settings } of runs) expect(settings.turns).toBeGreaterThanOrEqual(5);
  expect(runs.flatMap((run) => run.scenarios).toSorted()).toEqual(scenarios.map(({ name }) => name).toSorted());
  expect(scenarios.flatMap(({ entries }) => entries.filter(({ failure }) => failure !== undefined))).toEqual([]);
});

interface StoredRuns {
  readonly runs: readonly { readonly settings: { readonly turns: number }; readonly scenarios: readonly string[] }[];
  readonly scenarios: readonly { readonly name: string; readonly entries: readonly { readonly failure?: string }[] }[];
}
