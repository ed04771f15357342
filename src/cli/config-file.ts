import { isAbsolute, relative, resolve } from 'node:path';
import { findConfig, loadConfig, type LoadedConfig } from '../config/index.ts';
import { reportProblems, type ReportOptions } from './report.ts';
import { cliProblem, type Terminal } from './terminal.ts';

/** Loads the config that `-c` names or that lies in the working directory; undefined, and told, if there's none. */
export async function loadConfigFile(
  option: string | undefined,
  terminal: Terminal,
  report: ReportOptions,
): Promise<LoadedConfig | undefined> {
  const file = option === undefined ? findConfig(terminal.cwd) : resolve(terminal.cwd, option);
  if (file === undefined) {
    reportProblems([cliProblem('cli-no-config', { folder: terminal.cwd })], terminal, report);
    return undefined;
  }
  const loaded = await loadConfig(file, { file: shown(file, terminal.cwd), env: terminal.env });
  return loaded;
}

/** A file's name as the person would type it. */
function shown(file: string, cwd: string): string {
  const name = relative(cwd, file);
  return name === '' || name.startsWith('..') || isAbsolute(name) ? file : name;
}
