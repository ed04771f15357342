// Where results go.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './programs.mjs';
import { renderResults } from './render.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOC = join(ROOT, 'docs/PERFORMANCE.md');
const RESULTS = join(ROOT, 'bench/results');
const BETWEEN_MARKERS = /(<!-- results: .*?-->\n\n)[^]*?(<!-- \/results -->)/;

/** Writes results as JSON and Markdown. */
export function store(results, folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'latest.json'), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(folder, 'latest.md'), `${renderResults(results)}\n`);
}

/**
 * Writes results to where the docs have them from, and the docs. Scenarios that weren't measured keep the figures of the
 * run before, which stays named.
 */
export async function publish(results, order) {
  mkdirSync(RESULTS, { recursive: true });
  const file = join(RESULTS, 'latest.json');
  const older = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  writeFileSync(file, `${JSON.stringify(older === undefined ? results : merge(older, results, order), null, 2)}\n`);
  await run([join(ROOT, 'node_modules/.bin/oxfmt'), file], { cwd: ROOT });
  renderDocs();
}

function merge(older, newer, order) {
  const measured = new Set(newer.scenarios.map(({ name }) => name));
  const kept = older.scenarios.filter(({ name }) => !measured.has(name));
  const labels = new Set(newer.versions.map(({ label }) => label));
  const runs = older.runs.map((run) => ({ ...run, scenarios: run.scenarios.filter((name) => !measured.has(name)) }));
  return {
    runs: [...runs.filter(({ scenarios }) => scenarios.length > 0), ...newer.runs],
    machine: newer.machine,
    versions: [...newer.versions, ...older.versions.filter(({ label }) => !labels.has(label))],
    scenarios: [...kept, ...newer.scenarios].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name)),
  };
}

/** Puts the stored results between the markers of the docs. */
export function renderDocs() {
  const results = JSON.parse(readFileSync(join(RESULTS, 'latest.json'), 'utf8'));
  const text = readFileSync(DOC, 'utf8');
  const replaced = text.replace(BETWEEN_MARKERS, (_all, start, end) => `${start}${renderResults(results)}\n\n${end}`);
  if (!BETWEEN_MARKERS.test(text)) throw new Error('docs/PERFORMANCE.md has lost its markers.');
  writeFileSync(DOC, replaced);
}
