import type { CatalogueEntry } from './entry.ts';
import { simulationCatalogue } from './simulation.ts';
import { byReason, code, oneOf } from './words.ts';

const mappingReasons: Readonly<Record<string, string>> = {
  form: 'it is not written `PREFIX=TARGET`',
  prefix: 'the prefix is not a path of whole segments',
  target: 'the target is not a URL with `http:` or `https:`, a port or `host:port`',
  port: 'there are no ports but 1 to 65535',
  query: 'a target has no query and no fragment',
  twice: 'the same prefix is given twice',
};

const mappingMends: Readonly<Record<string, string>> = {
  form: 'Write `/=http://localhost:5173` or `/api=8000`.',
  prefix: 'Write a path that begins with a slash, without patterns: `/api=8000`.',
  target: 'Write `/=http://localhost:5173`, `/=localhost:5173` or `/=5173`.',
  port: 'Write the port that the server prints when it starts: `/=5173`.',
  query: 'End it with the path: `/api=http://localhost:8000/base`.',
  twice: 'Leave one of them out: a prefix has one target.',
};

const listenReasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such name is known',
  EADDRNOTAVAIL: 'this machine has no such address',
};

const harReasons: Readonly<Record<string, string>> = {
  missing: 'there is no such file',
  denied: 'this user may not read it',
  folder: 'it is a folder',
  'too-large': 'it is larger than 200 MiB',
  empty: 'it is empty',
  json: 'it is not JSON',
  truncated: 'it ends in the middle',
  shape: 'it is JSON, and no HAR: `log.entries` is missing',
};

const harMends: Readonly<Record<string, string>> = {
  missing: 'Check the name; browsers save recordings among the downloads.',
  denied: 'Give this user the right to read it.',
  folder: 'Name the file in it.',
  'too-large': 'Export it without content, or record only the requests that fail.',
};

const usageMends: Readonly<Record<string, (command: string) => string>> = {
  'commander.missingArgument': (command) =>
    command === 'doctor'
      ? 'Write `oneorigin doctor https://api.example.com/users --origin https://app.example.com`.'
      : 'Write `oneorigin dev /=http://localhost:5173 /api=http://localhost:8000`.',
  'commander.excessArguments': (command) => `A config file is named with \`-c\`: \`oneorigin ${command} -c FILE\`.`,
};

/** What can go wrong on the command line, beside the config itself. */
export const cliCatalogue = {
  'cli-usage': {
    message: ({ text }) => `Wrong usage: ${String(text)}.`,
    mend: ({ nearest, command, reason }) => {
      if (Array.isArray(nearest) && nearest.length > 0) return `Did you mean ${oneOf(nearest)}?`;
      const mend = usageMends[String(reason)];
      if (mend !== undefined) return mend(String(command));
      return `See ${code(`oneorigin ${command ? `${String(command)} ` : ''}--help`)}.`;
    },
  },
  'cli-no-config': {
    message: ({ folder }) => `There is no config file in ${code(folder)}.`,
    mend: () =>
      'Write `oneorigin.yaml`, name a file with `-c`, or begin without one: `oneorigin dev /=5173 /api=8000`.',
  },
  'cli-mapping-invalid': {
    message: ({ text, reason }) => `${code(text)} can't be mapped: ${byReason(mappingReasons, reason)}.`,
    mend: ({ reason }) => mappingMends[String(reason)] ?? 'See `oneorigin dev --help`.',
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
    message: ({ text }) =>
      text === '' ? 'The origin is empty.' : `${code(text)} is not an origin as a browser writes it.`,
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
  'cli-url-invalid': {
    message: ({ text }) => `${code(text)} is not an address of a server.`,
    mend: () => 'Write all of it: `https://api.example.com/users`.',
  },
  'cli-doctor-origin-missing': {
    message: () => "The page's origin is missing: without it there is no CORS.",
    mend: () => 'Add `--origin https://app.example.com`: scheme, host and port of the page; `null` for a file.',
  },
  'cli-mode-invalid': {
    message: ({ text }) => `${code(text)} is not a mode.`,
    mend: () => 'Write `cors`, `no-cors` or `same-origin`, as in `fetch()`.',
  },
  'cli-timeout-invalid': {
    message: ({ text }) => `${code(text)} is not a time in seconds.`,
    mend: () => 'Write a number up to 600: `--timeout 5`.',
  },
  'cli-resolve-invalid': {
    message: ({ text }) => `${code(text)} gives no host an address.`,
    mend: () => 'Write `--resolve api.example.com=10.0.0.7`.',
  },
  'cli-stack-unknown': {
    message: ({ text }) => `No fixes are known for ${code(text)}.`,
    mend: ({ known }) => `Take one of ${oneOf(known)}.`,
  },
  'cli-cacert-unreadable': {
    message: ({ file }) => `${code(file)} can't be read.`,
    mend: () => 'Name a file with a certificate in PEM.',
  },
  'cli-har-unreadable': {
    message: ({ file, reason }) => `${code(file)} can't be read as a recording: ${byReason(harReasons, reason)}.`,
    mend: ({ reason }) =>
      harMends[String(reason)] ?? 'Export it again: network panel of the developer tools, "Save all as HAR".',
  },
  'cli-simulation-incomplete': {
    message: () => 'A request is simulated only if both its origin and the request are given.',
    mend: () => "Write both: `--origin https://app.example.com --request 'PUT /api/users/1'`.",
  },
  'cli-code-unknown': {
    message: ({ text }) => `There is no code ${code(text)}.`,
    mend: ({ nearest }) => (nearest === '' ? 'All are in docs/findings/README.md.' : `Did you mean ${code(nearest)}?`),
  },
  'cli-page-missing': {
    message: ({ file }) => `The page ${code(file)} is not there.`,
    mend: () => 'Install the whole package: its folder `docs` is missing, or cannot be read.',
  },
  'cli-no-text': {
    message: () => 'There is no text to explain.',
    mend: () => "Write it in quotes, `oneorigin explain 'TEXT'`, or pipe it in: `oneorigin explain < console.txt`.",
  },
  'cli-prefix-invalid': {
    message: ({ text }) => `${code(text)} can't be what a key begins with.`,
    mend: () => 'Write letters, digits, `_` and `-`: `--prefix acme`.',
  },
  'cli-key-weak': {
    message: ({ shortest }) =>
      `There is no key on standard input that is hard to guess: ${String(shortest)} visible ASCII characters at least.`,
    mend: () => 'Have one made: `oneorigin hash-key`. A password is hashed with `oneorigin hash-password`.',
  },
  'cli-password-missing': {
    message: () => 'There is no password on standard input, or one that holds control characters.',
    mend: () => 'Pipe it in: `read -rs PASSWORD && printf %s "$PASSWORD" | oneorigin hash-password`.',
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
    message: ({ address, cause }) => `Listening on ${code(address)} failed: ${byReason(listenReasons, cause)}.`,
    mend: () => 'Listen on an address of this machine: `127.0.0.1`, or `0.0.0.0` for all of them.',
  },
  'traces-unavailable': {
    message: () => "Traces can't be sent: OpenTelemetry's packages are not installed.",
    mend: () =>
      'Write `npm install @opentelemetry/api @opentelemetry/sdk-trace-base @opentelemetry/resources @opentelemetry/exporter-trace-otlp-http`, or take `traces` out of the config.',
  },
  'local-authority-failed': {
    message: ({ folder, cause }) =>
      `The authority that makes certificates for localhost can't be kept in ${code(folder)}: ${String(cause)}.`,
    mend: () =>
      'Make the folder writable, or name another one: `XDG_DATA_HOME`. If a file in it is damaged, remove it.',
  },
  'trust-sudo': {
    message: ({ user }) => `As root it would be root's authority that is trusted, not the one of ${code(user)}.`,
    mend: () => 'Run `oneorigin trust` without `sudo`: it says which commands need it.',
  },
  'worker-failed': {
    message: ({ how }) => `A worker process could not start: ${String(how)}.`,
    mend: () => 'What it said is above. `workers: 1` serves from one process, which may say more.',
  },
  ...simulationCatalogue,
} as const satisfies Record<string, CatalogueEntry>;

function portOptions(port: unknown): Record<string, string> {
  const next = String(Number(port) + 1);
  return { dev: `--port ${next}`, serve: `listen: ${next}` };
}

/** A code of the command line. */
export type CliCode = keyof typeof cliCatalogue;
