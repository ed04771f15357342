import { TEMPLATES, type ConsoleCode, type PrintingEngine } from './console-templates.ts';
import { fillTemplate, type ConsoleValues } from './console-text.ts';
import { printsOf, type Printed } from './console-prints.ts';
import type { EngineProfile } from './engine.ts';
import type { FetchRun, RunEnd } from './fetch-run.ts';

/** A line on a browser's console. */
export interface ConsoleMessage {
  /** What it means, whichever engine prints it. */
  readonly code: ConsoleCode;
  /** As the engine writes it, in English. */
  readonly text: string;
}

/** What an engine prints about a fetch that has ended; nothing for the standard. */
export function consoleMessages(run: FetchRun, end: RunEnd, engine: EngineProfile): ConsoleMessage[] {
  const { name } = engine;
  if (name === 'standard') return [];
  return printsOf(run, end, name).map((printed) => ({ code: printed.code, text: textOf(name, printed, run) }));
}

function textOf(engine: PrintingEngine, { code, values = {}, variant = 0 }: Printed, run: FetchRun): string {
  const template = TEMPLATES[engine].filter(([key]) => key === code)[variant]?.[1] ?? code;
  return fillTemplate(template, { ...commonValues(run), ...values });
}

function commonValues(run: FetchRun): ConsoleValues {
  const { pageOrigin } = run.request;
  const first = run.urls[0]?.href;
  return {
    url: run.urls.at(-1)?.href,
    first: run.urls.length > 1 ? first : undefined,
    page: pageOrigin,
    pageUrl: pageOrigin === 'null' ? undefined : `${pageOrigin}/`,
    origin: run.origin,
    host: run.urls.at(-1)?.hostname,
    status: run.received === undefined ? undefined : String(run.received.status),
    reason: run.received?.reason,
  };
}
