import { consoleCatalogue, type ConsoleCode } from '../diagnostics/catalogue/console.ts';
import { isToken } from '../protocol/token.ts';
import { isElided, originOf } from './addresses.ts';

/** A command to run next. */
export interface NextCommand {
  /** For a POSIX shell. Words in capitals stand for what the text doesn't tell. */
  readonly command: string;
  /** Those words. */
  readonly missing: readonly string[];
}

/** What is known of a request. */
export interface KnownRequest {
  readonly code: ConsoleCode;
  readonly preflight: boolean;
  readonly url?: string;
  readonly firstUrl?: string;
  readonly origin?: string;
  readonly method?: string;
  readonly header?: string;
}

/** Values with which a server can be asked, where only the name of a header is known. */
const SAMPLES: Readonly<Record<string, string>> = {
  'content-type': 'application/json',
  authorization: 'Bearer TOKEN',
};
const WITH_CREDENTIALS: ReadonlySet<ConsoleCode> = new Set<ConsoleCode>([
  'allow-origin-wildcard-with-credentials',
  'allow-credentials-missing',
  'allow-credentials-not-true',
]);
/** Codes that only a request with a preflight can lead to. */
const PREFLIGHTED: ReadonlySet<ConsoleCode> = new Set<ConsoleCode>([
  'preflight-status',
  'preflight-redirect',
  'allow-methods-malformed',
  'allow-headers-malformed',
  'method-not-allowed',
]);

/** The doctor's command line for a request, as far as it's known; `undefined` where asking the server shows nothing. */
export function nextCommand(request: KnownRequest): NextCommand | undefined {
  if (!consoleCatalogue[request.code].probe) return undefined;
  const missing: string[] = [];
  const known = (value: string | undefined, word: string): string => {
    if (value !== undefined) return quoted(value);
    missing.push(word);
    return word;
  };
  const words = [
    'oneorigin doctor',
    known(askedUrl(request), 'URL'),
    '--origin',
    known(pageOrigin(request.origin), 'ORIGIN'),
  ];
  const { method, header } = request;
  const hasHeader = header !== undefined && isToken(header);
  const isAsked = request.preflight || PREFLIGHTED.has(request.code);
  if (method !== undefined && isToken(method)) {
    if (method !== 'GET') words.push('--method', quoted(method));
  } else if (isAsked && !hasHeader) {
    words.push('--method', known(undefined, 'METHOD'));
  }
  if (hasHeader) words.push('-H', quoted(`${header}: ${SAMPLES[header.toLowerCase()] ?? '1'}`));
  if (WITH_CREDENTIALS.has(request.code)) words.push('--credentials include');
  return { command: words.join(' '), missing };
}

/** The URL that the page asked for: with a redirect the first one. */
function askedUrl({ url, firstUrl }: KnownRequest): string | undefined {
  const asked = firstUrl ?? url;
  return asked !== undefined && originOf(asked) !== undefined && !isElided(asked) ? new URL(asked).href : undefined;
}

function pageOrigin(origin: string | undefined): string | undefined {
  return origin === 'null' || (origin !== undefined && originOf(origin) === origin) ? origin : undefined;
}

/** The text comes from a console, and the command into a shell: nothing in it may be more than a word. */
function quoted(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
