import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { resolveConfig } from '../../config/index.ts';
import { devConfig, parseMappings, type Mapping } from '../dev-config.ts';
import { painter } from '../../diagnostics/index.ts';
import { dataFolder } from '../../tls/index.ts';
import { reportProblems } from '../report.ts';
import { runGateway } from '../run-gateway.ts';
import { cliProblem, type ExitCode, type Terminal } from '../terminal.ts';
import { isMarkedTrusted } from '../trust/trusted-mark.ts';

/** Options of `dev`. */
export interface DevOptions {
  readonly port?: string;
  readonly host: string;
  readonly https?: boolean;
  readonly json?: boolean;
}

const EXAMPLE = `
Example:
  oneorigin dev /=http://localhost:5173 /api=http://localhost:8000
  oneorigin dev /=5173 /api=8000          the same, shorter

The longest prefix wins, and it stays in the path: the API gets /api/users.`;

/** Adds `dev` to the program. */
export function addDev(program: Command, finish: (code: ExitCode) => void, terminal: Terminal): void {
  program
    .command('dev')
    .description('Give a frontend and its APIs one origin now, without a config file.')
    .argument('<prefix=target...>', 'path prefix and the server behind it')
    .option('-p, --port <number>', 'port to listen on (default: 8080, with --https 8443)')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--https', "with certificates of this user's own authority, see `oneorigin trust`")
    .option('--json', 'speak JSON')
    .addHelpText('after', EXAMPLE)
    .action(async (mappings: string[], options: DevOptions) => finish(await dev(mappings, options, terminal)));
}

/** Serves the mappings from one origin until the process is asked to end. */
export async function dev(texts: readonly string[], options: DevOptions, terminal: Terminal): Promise<ExitCode> {
  const { json = false, https = false, port = https ? '8443' : '8080' } = options;
  const mappings = parseMappings(texts);
  if ('problems' in mappings) {
    reportProblems(mappings.problems, terminal, { json });
    return 2;
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    reportProblems([cliProblem('cli-port-invalid', { text: port })], terminal, { json });
    return 2;
  }
  const host = options.host.includes(':') && !options.host.startsWith('[') ? `[${options.host}]` : options.host;
  const result = resolveConfig(devConfig(mappings, `${host}:${port}`, https), { baseDir: terminal.cwd });
  if ('problems' in result) {
    reportProblems(result.problems, terminal, { json });
    return 2;
  }
  return runGateway(result.model, terminal, {
    json,
    how: 'dev',
    findings: { written: 'dev' },
    greeting: ([address]) => greet(mappings, address?.url ?? '', terminal),
  });
}

/** Undefined, or nothing to say, once browsers trust the authority. */
function trustHint({ env, color }: Terminal): string {
  const folder = dataFolder(env);
  try {
    const cert = readFileSync(join(folder, 'local-authority.pem'), 'utf8');
    if (isMarkedTrusted(folder, cert)) return '';
  } catch {
    // Whether it's trusted isn't known: saying how it is does no harm.
  }
  const command = painter(color)('bold', 'oneorigin trust');
  return `  Browsers will warn of its certificate until they trust your own authority: ${command}\n\n`;
}

function greet(mappings: readonly Mapping[], url: string, terminal: Terminal): string {
  const paint = painter(terminal.color);
  // Pages are opened as localhost: it's what development servers expect, and a secure context.
  const open = url.replace('//127.0.0.1:', '//localhost:');
  const sorted = mappings.toSorted((a, b) => b.prefix.length - a.prefix.length);
  const width = Math.max(...sorted.map(({ prefix }) => prefix.length));
  const rows = sorted.map(({ prefix, target }) => `  ${prefix.padEnd(width)}  ${paint('dim', '→')} ${target}\n`);
  const trust = url.startsWith('https:') ? trustHint(terminal) : '';
  return `\n  One origin: ${paint('bold', open)}\n\n${rows.join('')}\n${trust}`;
}
