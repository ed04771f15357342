import type { CliCode } from '../diagnostics/catalogue/cli.ts';
import type { Diagnostic, DiagnosticData } from '../diagnostics/index.ts';

/** Everything of the process that a command touches, so that tests can hold it. */
export interface Terminal {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether output may be coloured. */
  readonly color: boolean;
  /** Where a running gateway logs. */
  readonly log: { write(data: string | Uint8Array, done?: () => void): unknown; readonly writableLength?: number };
  out(text: string): void;
  err(text: string): void;
  /** What comes in on standard input; `undefined` if that is a person's keyboard, with nothing piped in. */
  input(): Promise<string | undefined>;
  /** Resolves when the process is asked to end. */
  untilStopped(): Promise<void>;
  /** Calls back when the process is asked to read its config again (SIGHUP). @returns ends it */
  onReload(asked: () => void): () => void;
  /** Calls back when the process is asked to put new worker processes in place of the old ones (SIGUSR2). @returns ends it */
  onRenew(asked: () => void): () => void;
}

/** Fine; problems found; wrong usage; of the doctor: it couldn't ask. */
export type ExitCode = 0 | 1 | 2 | 3;

/** The process itself. */
export function processTerminal(): Terminal {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  return {
    cwd: process.cwd(),
    env: process.env,
    color: process.stdout.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb',
    log: process.stdout,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    input: readInput,
    untilStopped,
    onReload: (asked) => onSignal('SIGHUP', asked),
    onRenew: (asked) => onSignal('SIGUSR2', asked),
  };
}

/** `oneorigin check | head`: whoever reads may leave early, and a gateway lives on without its log's reader. */
export function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** More than a console holds; what is beyond it is left. */
const MOST_INPUT = 8 * 1024 * 1024;

async function readInput(): Promise<string | undefined> {
  if (process.stdin.isTTY === true) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= MOST_INPUT) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function onSignal(signal: NodeJS.Signals, asked: () => void): () => void {
  process.on(signal, asked);
  return () => process.off(signal, asked);
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = (signal: NodeJS.Signals): void => {
      // Whoever asks twice doesn't want to wait: 128 + the signal's number, as shells have it.
      if (asked) process.exit(signal === 'SIGINT' ? 130 : 143);
      asked = true;
      resolve();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
}

/** A problem of the command line. */
export function cliProblem(code: CliCode, data: DiagnosticData): Diagnostic {
  return { code, severity: 'error', data };
}
