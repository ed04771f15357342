import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGINES, QUIRKS, type EngineProfile } from '../../src/cors/index.ts';
import { RECORDED_ENGINES, type VerdictCase } from './verdicts/case.ts';
import { compareCase } from './verdicts/compare.ts';
import { playCase } from './verdicts/play.ts';
import { readCases, reportEngine, runVerdicts } from './verdicts/report.ts';

const FOLDER = fileURLToPath(new URL('verdicts/cases', import.meta.url));
/** A folder with recordings of your own, in the same format. */
const MORE = process.env['BROWSER_VERDICTS'];

const cases = readCases(FOLDER);

describe.each(RECORDED_ENGINES)("the model's %s", (engine) => {
  it('does what the cases say', () => {
    const { disagreements, fields } = reportEngine(cases, engine);
    expect(disagreements).toEqual([]);
    expect([...fields.values()].every(({ compared }) => compared > 0)).toBe(true);
  });

  if (MORE !== undefined) {
    it(`does what the cases in ${MORE} say`, () => {
      expect(reportEngine(readCases(MORE), engine).disagreements).toEqual([]);
    });
  }
});

/** What a case's observations don't hold: headers as they arrive. */
const UNSEEN: ReadonlySet<string> = new Set(['keepsBodyTypeInNoCors']);

describe('the departures of engines', () => {
  const isSeen = (key: keyof typeof QUIRKS, engine: EngineProfile): boolean => {
    const without = { ...engine, [key]: ENGINES.standard[key] };
    return cases.some((found) => JSON.stringify(playCase(found, engine)) !== JSON.stringify(playCase(found, without)));
  };
  const keys = Object.keys(QUIRKS) as (keyof typeof QUIRKS)[];

  it.each(keys.filter((key) => !UNSEEN.has(key)))('show in a case: %s', (key) => {
    const engines = RECORDED_ENGINES.filter((name) => name in QUIRKS[key].values);
    expect(engines.some((name) => isSeen(key, ENGINES[name]))).toBe(true);
  });

  it('are listed as unseen only if they are', () => {
    expect([...UNSEEN].filter((key) => !(key in QUIRKS))).toEqual([]);
  });

  it('have names of their own', () => {
    const names = Object.values(QUIRKS).map((quirk) => quirk.class);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the comparison', () => {
  it('notices a wrong engine in every field that engines differ in', () => {
    const wrong = cases.flatMap((found) => {
      const swapped = { ...found, observed: { firefox: found.observed.webkit, webkit: found.observed.firefox } };
      return RECORDED_ENGINES.flatMap((engine) => compareCase(swapped as VerdictCase, engine).disagreements);
    });
    const fields = new Set(wrong.map(({ field }) => field));
    expect(fields).toContain('console');
    expect(fields).toContain('preflighted');
    expect(fields).toContain('outcome');
    expect(fields).toContain('readableHeaders');
  });

  it("doesn't know a console's line that isn't in the model", () => {
    const [first] = cases as [VerdictCase];
    const observed = { chromium: { ...first.observed.chromium, console: ['Something else.'] } };
    const { disagreements } = compareCase({ ...first, observed } as VerdictCase, 'chromium');
    expect(disagreements).toMatchObject([{ field: 'console', recorded: ['unknown: Something else.'], foreseen: [] }]);
  });
});

describe('npm run verdicts', () => {
  let folder: string;
  const run = (...args: string[]): { code: number; text: string } => {
    const lines: string[] = [];
    const code = runVerdicts(args, (line) => lines.push(line));
    return { code, text: lines.join('\n') };
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'verdicts-'));
    const [first] = cases as [VerdictCase];
    const observed = { ...first.observed, firefox: { ...first.observed.firefox, outcome: 'error' } };
    writeFileSync(join(folder, 'wrong.jsonl'), `${JSON.stringify({ ...first, observed })}\n`);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('prints cases and agreements of each engine and field', () => {
    const { code, text } = run(FOLDER);
    expect(code).toBe(0);
    for (const engine of RECORDED_ENGINES)
      expect(text).toContain(`${engine}: ${cases.length} of ${cases.length} cases agree`);
    expect(text).toMatch(/ {2}outcome +(\d+) of \1\n/);
  });

  it('lists what disagrees, and exits with 1', () => {
    const { code, text } = run(folder);
    expect(code).toBe(1);
    expect(text).toContain('firefox: 0 of 1 cases agree');
    expect(text).toContain('own-01: outcome\n    recorded "error"\n    foreseen "readable"');
  });

  it('looks at one engine alone if asked to', () => {
    expect(run(folder, '--engine', 'webkit')).toMatchObject({ code: 0, text: expect.not.stringContaining('firefox') });
    expect(run('--engine=firefox', folder).code).toBe(1);
  });

  it.each([[[]], [['a', 'b']], [['.', '--engine', 'opera']], [[fileURLToPath(new URL('.', import.meta.url))]]])(
    'says how it is used for %j',
    (args) => expect(run(...args).code).toBe(2),
  );
});
