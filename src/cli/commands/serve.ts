import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { loadConfigFile } from '../config-file.ts';
import { findingsOf } from '../reloading.ts';
import { describeConfig, reportProblems } from '../report.ts';
import { runGateway, type RunOptions } from '../run-gateway.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { supervise } from '../workers/supervise.ts';

/** Options of `serve`. */
export interface ServeOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly watch?: boolean;
}

/** Adds `serve` to the program. */
export function addServe(program: Command, finish: (code: ExitCode) => void, terminal: Terminal): void {
  program
    .command('serve')
    .description('Run the gateway.')
    .addOption(new Option('-c, --config <file>', 'config file (default: oneorigin.yaml, .yml, .json, .ts or .js here)'))
    .option('--watch', 'read the config again when its file changes (else: at SIGHUP)')
    .option('--json', 'speak JSON')
    .action(async (options: ServeOptions) => finish(await serve(options, terminal)));
}

/** Loads the config and runs the gateway until the process is asked to end. */
export async function serve(options: ServeOptions, terminal: Terminal): Promise<ExitCode> {
  const json = options.json ?? false;
  const loaded = await loadConfigFile(options.config, terminal, { json });
  if (loaded === undefined) return 2;
  if ('problems' in loaded) {
    if (json) reportProblems(loaded.problems, terminal, { json });
    else terminal.err(describeConfig(loaded, terminal.color));
    return 1;
  }
  if (!json && loaded.warnings.length > 0) terminal.err(describeConfig(loaded, terminal.color));
  const run: RunOptions = {
    json,
    how: 'serve',
    findings: findingsOf(loaded),
    source: {
      load: () => loadConfigFile(options.config, terminal, { json }),
      watched: options.watch === true ? resolve(terminal.cwd, loaded.file) : undefined,
    },
    greeting: (addresses) => addresses.map(({ url }) => `oneorigin listens on ${url}\n`).join(''),
  };
  if (loaded.model.workers === 1) return runGateway(loaded.model, terminal, run);
  return supervise(loaded, terminal, run);
}
