import type { CatalogueEntry } from './entry.ts';
import { simulationCatalogue } from './simulation.ts';
import { byReason, code } from './words.ts';

const targetReasons: Readonly<Record<string, string>> = {
  form: 'it is not written `PREFIX=TARGET`',
  prefix: 'the prefix is not a path of whole segments',
  target: 'the target is not a URL, a port or `host:port`',
  twice: 'the same prefix is given twice',
};

/** What can go wrong on the command line, beside the config itself. */
export const cliCatalogue = {
  'cli-no-config': {
    message: ({ folder }) => `There is no config file in ${code(folder)}.`,
    mend: () =>
      'Write `oneorigin.yaml`, name a file with `-c`, or begin without one: `oneorigin dev /=5173 /api=8000`.',
  },
  'cli-mapping-invalid': {
    message: ({ text, reason }) => `${code(text)} can't be mapped: ${byReason(targetReasons, reason)}.`,
    mend: () => 'Write `/=http://localhost:5173` or `/api=8000`.',
  },
  'cli-port-invalid': {
    message: ({ text }) => `${code(text)} is not a port.`,
    mend: () => 'Write a number from 0 to 65535; 0 takes any that is free.',
  },
  'cli-request-invalid': {
    message: ({ text }) => `${code(text)} is not a request.`,
    mend: () => "Write a method and a path: `--request 'PUT /api/users/1'`.",
  },
  'cli-origin-invalid': {
    message: ({ text }) => `${code(text)} is not an origin as a browser writes it.`,
    mend: ({ suggestion }) =>
      suggestion === '' ? 'Write scheme, host and port: `https://app.example.com`.' : `Write ${code(suggestion)}.`,
  },
  'cli-header-invalid': {
    message: ({ text }) => `${code(text)} is not a header.`,
    mend: () => "Write a name and a value: `-H 'x-token: 1'`.",
  },
  'cli-credentials-invalid': {
    message: ({ text }) => `${code(text)} is not a credentials mode.`,
    mend: () => 'Write `omit`, `same-origin` or `include`, as in `fetch()`.',
  },
  'cli-simulation-incomplete': {
    message: () => 'A request is simulated only if both its origin and the request are given.',
    mend: () => "Add the other: `--origin https://app.example.com --request 'PUT /api/users/1'`.",
  },
  'listen-in-use': {
    message: ({ port }) => `Port ${String(port)} is taken: another program listens there.`,
    mend: ({ port, how }) => `Stop that program, or take another port: ${code(byReason(portOptions(port), how))}.`,
  },
  'listen-denied': {
    message: ({ port }) => `Listening on port ${String(port)} is not allowed to this user.`,
    mend: () => 'Take a port from 1024 on.',
  },
  'listen-failed': {
    message: ({ address, cause }) => `Listening on ${code(address)} failed: ${String(cause)}.`,
    mend: () => 'Listen on an address of this machine: `127.0.0.1`, or `0.0.0.0` for all of them.',
  },
  ...simulationCatalogue,
} as const satisfies Record<string, CatalogueEntry>;

function portOptions(port: unknown): Record<string, string> {
  const next = String(Number(port) + 1);
  return { dev: `--port ${next}`, serve: `listen: ${next}` };
}

/** A code of the command line. */
export type CliCode = keyof typeof cliCatalogue;
