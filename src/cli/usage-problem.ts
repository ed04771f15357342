import type { CommanderError } from 'commander';
import type { Diagnostic } from '../diagnostics/index.ts';
import { cliProblem } from './terminal.ts';

/** What commander says of a command line that it can't read, as a problem with its mend. */
export function usageProblem(error: CommanderError, command: string): Diagnostic {
  const [said = '', hint = ''] = error.message.replace(/^error: /, '').split('\n');
  const text = asCode(said).replace(/\.$/, '');
  const meant = /^\(Did you mean (.+)\?\)$/.exec(hint)?.[1];
  const nearest = meant?.replace(/^one of /, '').split(', ') ?? [];
  return cliProblem('cli-usage', { text, nearest, command, reason: error.code });
}

/** `'--port'` as `` `--port` ``. */
function asCode(text: string): string {
  return text.replace(/'([^']*)'/g, '`$1`');
}
