import type { ConsoleCode, PrintingEngine } from './console-templates.ts';
import type { ConsoleValues } from './console-text.ts';
import { chromiumPrints } from './console-chromium.ts';
import { firefoxPrints } from './console-firefox.ts';
import { webkitPrints } from './console-webkit.ts';
import type { FetchRun, RunEnd } from './fetch-run.ts';

/** A line to print: its meaning, and what fills its template. */
export interface Printed {
  readonly code: ConsoleCode;
  readonly values?: ConsoleValues;
  /** Which of the code's texts; default: 0, the first. */
  readonly variant?: number;
}

const ENGINES_PRINT: Readonly<Record<PrintingEngine, (run: FetchRun, end: RunEnd) => Printed[]>> = {
  chromium: chromiumPrints,
  firefox: firefoxPrints,
  webkit: webkitPrints,
};

/** What an engine says about a fetch that has ended. */
export function printsOf(run: FetchRun, end: RunEnd, engine: PrintingEngine): Printed[] {
  return ENGINES_PRINT[engine](run, end);
}
