import { ConfigError, type FindingOptions, type ReloadOutcome } from '../gateway/index.ts';
import type { LoadedConfig, Model } from '../config/index.ts';
import { renderText, type Diagnostic } from '../diagnostics/index.ts';
import { eventLine } from '../observe/event-line.ts';
import { listenProblem } from './listen-problem.ts';
import { describeConfig, reportProblems } from './report.ts';
import type { Terminal } from './terminal.ts';
import { watchFile } from './watch-file.ts';

/** A config that is valid. */
export type ValidConfig = Extract<LoadedConfig, { readonly model: Model }>;

/** Where a gateway's config comes from, again and again. */
export interface ConfigSource {
  /** Reads it as it is now; undefined, and told, if there is none. */
  load(): Promise<LoadedConfig | undefined>;
  /** Absolute path of the file to watch; undefined: it's only read again when asked for. */
  readonly watched: string | undefined;
}

/** What is done with a config that was read anew. */
export interface Reloading {
  readonly json: boolean;
  /** The config in force, for the form of the log's lines. */
  readonly model: () => Model;
  /** Puts it in force as a whole, or throws and changes nothing. */
  readonly apply: (config: ValidConfig) => Promise<unknown>;
}

/** What findings in the log say about a config that was read from a file. */
export function findingsOf(config: ValidConfig): FindingOptions {
  return { locate: (path) => config.place({ code: '', severity: 'error', data: {}, path }).place };
}

/** What is said in the moment between listening and having told so. */
export const NOT_YET: Promise<ReloadOutcome> = Promise.resolve({ reloaded: false, problems: [] });

/** A config that is read again when it's asked for. */
export interface Reloader {
  /** Asks for it. @returns how it ended */
  readonly now: () => Promise<ReloadOutcome>;
  /** Ends it. */
  readonly stop: () => void;
}

/**
 * Reads the config again at SIGHUP, and when its file changes if it's watched. One that is wrong changes nothing: what is
 * wrong goes to standard error, and a line into the log.
 */
export function startReloading(source: ConfigSource, terminal: Terminal, reloading: Reloading): Reloader {
  let last: Promise<unknown> = Promise.resolve();
  const after = async (before: Promise<unknown>): Promise<ReloadOutcome> => {
    await before;
    return reloadOnce(source, terminal, reloading);
  };
  const now = (): Promise<ReloadOutcome> => {
    const outcome = after(last);
    last = outcome;
    return outcome;
  };
  const forget = terminal.onReload(() => void now());
  const unwatch = source.watched === undefined ? undefined : watchFile(source.watched, () => void now());
  return {
    now,
    stop: () => {
      forget();
      unwatch?.();
    },
  };
}

async function reloadOnce(source: ConfigSource, terminal: Terminal, reloading: Reloading): Promise<ReloadOutcome> {
  const { json, model, apply } = reloading;
  const before = model();
  const refuse = (reason: string, problems: readonly Diagnostic[]): ReloadOutcome => {
    note('error', `config not reloaded: ${reason}; the old one stays in force`, terminal, before);
    return { reloaded: false, problems };
  };
  const loaded = await source.load();
  if (loaded === undefined) return refuse('there is no config file', []);
  if ('problems' in loaded) {
    if (json) reportProblems(loaded.problems, terminal, { json });
    else terminal.err(describeConfig(loaded, terminal.color));
    return refuse(counted(loaded.problems.length), loaded.problems);
  }
  if (!json && loaded.warnings.length > 0) terminal.err(describeConfig(loaded, terminal.color));
  try {
    await apply(loaded);
  } catch (error) {
    const problems = error instanceof ConfigError ? error.diagnostics : [listenProblem(error, 'serve')];
    reportProblems(problems, terminal, { json });
    return refuse(renderText(problems).replaceAll(/\s+/g, ' ').trim(), problems);
  }
  note('info', `config reloaded from ${loaded.file}`, terminal, loaded.model);
  if (needsRestart(before, loaded.model)) {
    note('warning', '`workers` takes effect when the gateway is started again', terminal, loaded.model);
  }
  return { reloaded: true, warnings: loaded.warnings };
}

/** One process can't become several; several can become more or fewer. */
function needsRestart(before: Model, after: Model): boolean {
  return before.workers === 1 && after.workers !== 1;
}

function counted(problems: number): string {
  return problems === 1 ? 'it has a problem' : `it has ${problems} problems`;
}

function note(level: Parameters<typeof eventLine>[0], text: string, { log }: Terminal, model: Model): void {
  log.write(`${eventLine(level, text, model.log)}\n`);
}
