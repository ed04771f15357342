import type { Command } from 'commander';
import { painter } from '../../diagnostics/index.ts';
import { dataFolder, LocalAuthority } from '../../tls/index.ts';
import { authorityProblems } from '../listen-problem.ts';
import { reportProblems, toJson } from '../report.ts';
import { cliProblem, type ExitCode, type Terminal } from '../terminal.ts';
import { thisMachine, type Machine } from '../trust/machine.ts';
import { removeFromBrowsers, trustInBrowsers } from '../trust/nss-stores.ts';
import type { Outcome } from '../trust/outcome.ts';
import { removeFromSystem, trustInSystem } from '../trust/system-store.ts';
import { markTrusted } from '../trust/trusted-mark.ts';

/** Options of `trust`. */
export interface TrustOptions {
  readonly uninstall?: boolean;
  readonly json?: boolean;
}

/** Adds `trust` to the program. */
export function addTrust(program: Command, finish: (code: ExitCode) => void, terminal: Terminal): void {
  program
    .command('trust')
    .description("Have this machine's browsers trust the certificates of `oneorigin dev --https`.")
    .option('--uninstall', 'trust them no longer')
    .option('--json', 'speak JSON')
    .action(async (options: TrustOptions) => finish(await trust(options, terminal)));
}

/** Adds the local authority to the stores of this machine, or takes it out of them. */
export async function trust(
  options: TrustOptions,
  terminal: Terminal,
  machine: Machine = thisMachine(terminal.env),
): Promise<ExitCode> {
  const { json = false, uninstall = false } = options;
  if (machine.root && machine.env['SUDO_USER'] !== undefined) {
    reportProblems([cliProblem('trust-sudo', { user: machine.env['SUDO_USER'] })], terminal, { json });
    return 2;
  }
  const folder = dataFolder(machine.env);
  try {
    const authority = await LocalAuthority.open(folder);
    const outcomes = uninstall
      ? [...(await removeFromSystem(machine)), ...(await removeFromBrowsers(machine))]
      : [...(await trustInSystem(authority, machine)), ...(await trustInBrowsers(authority, machine))];
    const finished = outcomes.every(({ result }) => result !== 'to-do' && result !== 'failed');
    const trusted = outcomes.some(({ result }) => result === 'trusted');
    markTrusted(folder, trusted ? authority.cert : undefined);
    if (json) terminal.out(toJson({ ok: finished, authority: authority.certFile, stores: outcomes }));
    else terminal.out(describe(authority, outcomes, terminal));
    return finished ? 0 : 1;
  } catch (error) {
    const problems = authorityProblems(error);
    if (problems.length === 0) throw error;
    reportProblems(problems, terminal, { json });
    return 1;
  }
}

const WORDS: Readonly<Record<Outcome['result'], string>> = {
  trusted: 'trusts it',
  removed: 'trusts it no longer',
  absent: "doesn't have it",
  'to-do': 'is left to you',
  failed: 'failed',
};

function describe({ certFile }: LocalAuthority, outcomes: readonly Outcome[], terminal: Terminal): string {
  const paint = painter(terminal.color);
  const rows = outcomes.map(({ store, result, reason, command }) => {
    const why = reason === '' ? '' : `: ${reason}`;
    const what = command === '' ? '' : `\n    ${paint('bold', command)}`;
    return `  ${store} ${WORDS[result]}${why}${what}\n`;
  });
  const none = '  No store that this command knows was found: import the file where your programs keep authorities.\n';
  const more = `Node reads it where NODE_EXTRA_CA_CERTS names that file. Browsers that are open have to be started again.\n`;
  return `\nThe authority: ${certFile}\n\n${rows.length === 0 ? none : rows.join('')}\n${more}`;
}
