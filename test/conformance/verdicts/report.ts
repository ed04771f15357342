import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RECORDED_ENGINES, type RecordedEngine, type VerdictCase } from './case.ts';
import { compareCase, FIELDS, type Disagreement, type Field } from './compare.ts';

/** How well the model agrees with one engine's recordings. */
export interface EngineReport {
  readonly engine: RecordedEngine;
  readonly cases: number;
  /** Cases without a disagreement. */
  readonly agreeing: number;
  /** By field: how often it was compared, and how often the two agreed. */
  readonly fields: ReadonlyMap<Field, { readonly compared: number; readonly agreed: number }>;
  readonly disagreements: readonly Disagreement[];
}

/** The cases in all `*.jsonl` files of a folder. Lines without observations, such as lists of differences, are passed over. */
export function readCases(folder: string): VerdictCase[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as VerdictCase)
    .filter((found) => (found as Partial<VerdictCase>).observed !== undefined);
}

/** Compares the model with the recordings of one engine. */
export function reportEngine(cases: readonly VerdictCase[], engine: RecordedEngine): EngineReport {
  const seen = cases.filter(({ observed }) => observed[engine] !== undefined);
  const totals = new Map<Field, number>();
  const disagreements: Disagreement[] = [];
  let agreeing = 0;
  for (const found of seen) {
    const result = compareCase(found, engine);
    for (const [field, count] of result.compared) totals.set(field, (totals.get(field) ?? 0) + count);
    disagreements.push(...result.disagreements);
    if (result.disagreements.length === 0) agreeing++;
  }
  const fields = new Map(
    FIELDS.map((field) => {
      const compared = totals.get(field) ?? 0;
      return [field, { compared, agreed: compared - disagreements.filter((one) => one.field === field).length }];
    }),
  );
  return { engine, cases: seen.length, agreeing, fields, disagreements };
}

/** Runs the comparison as a command: prints, and returns the exit code. */
export function runVerdicts(args: readonly string[], print: (line: string) => void): number {
  const wanted = argumentsOf(args);
  if (typeof wanted === 'string') {
    print(`${wanted}\nUsage: npm run verdicts -- DIR [--engine ${RECORDED_ENGINES.join('|')}]`);
    return 2;
  }
  const cases = readCases(wanted.folder);
  if (cases.length === 0) {
    print(`No cases: ${wanted.folder} has no *.jsonl files with observations.`);
    return 2;
  }
  const reports = wanted.engines.map((engine) => reportEngine(cases, engine));
  for (const report of reports) printReport(report, print);
  return reports.some(({ disagreements }) => disagreements.length > 0) ? 1 : 0;
}

function argumentsOf(args: readonly string[]): { folder: string; engines: readonly RecordedEngine[] } | string {
  const option = args.findIndex((arg) => arg.startsWith('--engine'));
  const value = args[option]?.includes('=') === true ? args[option].split('=')[1] : args[option + 1];
  const isValue = (_arg: string, i: number): boolean =>
    option !== -1 && (i === option || (i === option + 1 && args[option]?.includes('=') !== true));
  const [folder, ...others] = args.filter((arg, i) => !isValue(arg, i));
  if (folder === undefined) return 'Say which folder has the recordings.';
  if (others.length > 0) return `Don't know what to do with ${others.join(' ')}.`;
  if (option === -1) return { folder, engines: RECORDED_ENGINES };
  const engine = RECORDED_ENGINES.find((name) => name === value);
  return engine === undefined ? `No such engine: ${value ?? ''}.` : { folder, engines: [engine] };
}

function printReport(
  { engine, cases, agreeing, fields, disagreements }: EngineReport,
  print: (line: string) => void,
): void {
  print(`${engine}: ${agreeing} of ${cases} cases agree`);
  for (const [field, { compared, agreed }] of fields) {
    print(`  ${field.padEnd(17)}${String(agreed).padStart(6)} of ${compared}`);
  }
  for (const { id, field, recorded, foreseen } of disagreements) {
    print(`  ${id}: ${field}\n    recorded ${JSON.stringify(recorded)}\n    foreseen ${JSON.stringify(foreseen)}`);
  }
}
