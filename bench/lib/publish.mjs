// Where results go.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './programs.mjs';
import { renderResults } from './render.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOC = join(ROOT, 'docs/PERFORMANCE.md');
const RESULTS = join(ROOT, 'bench/results');
const BETWEEN_MARKERS = /(<!-- results: .*?-->\n\n)[^]*?(\n\n<!-- \/results -->)/;

/** Writes results as JSON and Markdown. */
export function store(results, folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'latest.json'), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(folder, 'latest.md'), `${renderResults(results)}\n`);
}

/** Writes results to where the docs have them from, and the docs. */
export async function publish(results) {
  mkdirSync(RESULTS, { recursive: true });
  const file = join(RESULTS, 'latest.json');
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  await run([join(ROOT, 'node_modules/.bin/oxfmt'), file], { cwd: ROOT });
  renderDocs();
}

/** Puts the stored results between the markers of the docs. */
export function renderDocs() {
  const results = JSON.parse(readFileSync(join(RESULTS, 'latest.json'), 'utf8'));
  const text = readFileSync(DOC, 'utf8');
  const replaced = text.replace(BETWEEN_MARKERS, (_all, start, end) => start + renderResults(results) + end);
  if (!BETWEEN_MARKERS.test(text)) throw new Error('docs/PERFORMANCE.md has lost its markers.');
  writeFileSync(DOC, replaced);
}
