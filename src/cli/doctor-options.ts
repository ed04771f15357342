import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { isStackName, STACKS, type ExamineOptions, type HarOptions, type Question } from '../doctor/index.ts';
import type { CredentialsMode, RequestMode } from '../cors/index.ts';
import type { Diagnostic } from '../diagnostics/index.ts';
import { checkOrigin, parseCredentials, parseHeader } from './simulation-options.ts';
import { cliProblem } from './terminal.ts';

/** Options of `doctor`, as they are typed. */
export interface DoctorOptions {
  readonly har?: string;
  readonly origin?: string;
  readonly method?: string;
  readonly header?: readonly string[];
  readonly credentials?: string;
  readonly mode?: string;
  readonly data?: string;
  readonly send?: boolean;
  readonly page?: string;
  readonly via?: readonly string[];
  readonly audit?: boolean;
  readonly stack?: string;
  readonly cacert?: string;
  readonly resolve?: readonly string[];
  readonly timeout?: string;
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly html?: boolean;
}

/** What is asked, and how. */
export interface DoctorTask {
  readonly question: Question;
  readonly options: ExamineOptions;
}

/** The task that the options describe, or everything that is wrong with them. */
export function parseDoctor(url: string, options: DoctorOptions): DoctorTask | { readonly problems: Diagnostic[] } {
  const problems: Diagnostic[] = [];
  const target = parseUrl(url, problems);
  const page = options.page === undefined ? undefined : parseUrl(options.page, problems);
  const origin = options.origin ?? (page !== undefined && URL.canParse(page) ? new URL(page).origin : undefined);
  if (origin === undefined) problems.push(cliProblem('cli-doctor-origin-missing', {}));
  else checkOrigin(origin, problems);
  const lines = (options.header ?? []).flatMap((text) => parseHeader(text, problems));
  const isCookie = ([name]: readonly [string, string]): boolean => name.toLowerCase() === 'cookie';
  const cookies = lines.filter(isCookie).map(([, value]) => value);
  const credentials: CredentialsMode = parseCredentials(options.credentials ?? 'same-origin', problems);
  const mode = parseMode(options.mode ?? 'cors', problems);
  const total = parseTimeout(options.timeout, problems);
  const { stack, data, cacert } = options;
  if (stack !== undefined && !isStackName(stack))
    problems.push(cliProblem('cli-stack-unknown', { text: stack, known: STACKS }));
  const ca = cacert === undefined ? undefined : readAuthority(cacert, problems);
  const via = (options.via ?? []).map((text) => parseLayer(text, problems));
  const resolve = parseAddresses(options.resolve ?? [], problems);
  if (problems.length > 0) return { problems };
  return {
    question: {
      url: target,
      origin: origin ?? '',
      method: options.method ?? (data === undefined ? 'GET' : 'POST'),
      headers: lines.filter((line) => !isCookie(line)),
      ...(cookies.length === 0 ? {} : { cookie: cookies.join('; ') }),
      credentials,
      mode,
      ...(data === undefined ? {} : { body: data }),
      send: options.send ?? false,
    },
    options: {
      ...(stack !== undefined && isStackName(stack) ? { stack } : {}),
      ...(ca === undefined ? {} : { ca }),
      ...(total === undefined ? {} : { total }),
      via,
      ...(page === undefined ? {} : { page }),
      resolve,
      audit: options.audit ?? false,
    },
  };
}

/** What the options say of a recording, or everything that is wrong with them. */
export function parseHarOptions({
  origin,
  credentials,
}: DoctorOptions): HarOptions | { readonly problems: Diagnostic[] } {
  const problems: Diagnostic[] = [];
  if (origin !== undefined) checkOrigin(origin, problems);
  const mode = credentials === undefined ? undefined : parseCredentials(credentials, problems);
  if (problems.length > 0) return { problems };
  return { ...(origin === undefined ? {} : { origin }), ...(mode === undefined ? {} : { credentials: mode }) };
}

function parseUrl(text: string, problems: Diagnostic[]): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) {
    // No request carries a fragment.
    url.hash = '';
    return url.href;
  }
  problems.push(cliProblem('cli-url-invalid', { text }));
  return text;
}

/** A layer: an origin, and a path before the question's if it has one. */
function parseLayer(text: string, problems: Diagnostic[]): string {
  const url = parseUrl(text, problems);
  return url.replace(/\/$/, '');
}

function parseAddresses(texts: readonly string[], problems: Diagnostic[]): Record<string, string> {
  const addresses: Record<string, string> = {};
  for (const text of texts) {
    const [, host = '', address = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (isIP(address) === 0) problems.push(cliProblem('cli-resolve-invalid', { text }));
    else addresses[host.toLowerCase()] = address;
  }
  return addresses;
}

function parseMode(text: string, problems: Diagnostic[]): RequestMode {
  if (text === 'cors' || text === 'no-cors' || text === 'same-origin') return text;
  problems.push(cliProblem('cli-mode-invalid', { text }));
  return 'cors';
}

/** @returns milliseconds */
function parseTimeout(text: string | undefined, problems: Diagnostic[]): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 600) return seconds * 1000;
  problems.push(cliProblem('cli-timeout-invalid', { text }));
  return undefined;
}

function readAuthority(file: string, problems: Diagnostic[]): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    problems.push(cliProblem('cli-cacert-unreadable', { file }));
    return undefined;
  }
}
