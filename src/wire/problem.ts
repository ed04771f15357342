import { problemCatalogue, type ProblemCode, type ProblemKind } from '../diagnostics/catalogue/problems.ts';
import { problemBody } from '../diagnostics/problem.ts';
import type { Exchange } from './exchange.ts';
import { Field, HeaderList } from './header-list.ts';
import { H } from './known-names.ts';
import { renderProblemPage } from './problem-page.ts';

const JSON_TYPE = new Field('Content-Type', 'application/problem+json');
const HTML_TYPE = new Field('Content-Type', 'text/html; charset=utf-8');
const NO_STORE = new Field('Cache-Control', 'no-store');
const VARY_ACCEPT = new Field('Vary', 'Accept');

export interface ProblemOptions {
  /** What was the matter this time, for the person who asked. Never a secret, never an internal address unless `dev`. */
  readonly detail?: string;
  /** Lines to add, such as Allow or Retry-After. */
  readonly headers?: readonly Field[];
  /** The page shown to a browser reloads itself every so many seconds: for a development server that is starting. */
  readonly reloadAfter?: number;
}

/**
 * Answers with a problem of the gateway's own (RFC 9457), as JSON, or as a page to a browser that navigates. Leaves
 * through the door as any response does, so a page under a policy can read it.
 */
export function replyProblem(exchange: Exchange, code: ProblemCode, options: ProblemOptions = {}): void {
  const kind: ProblemKind = problemCatalogue[code];
  exchange.problem = code;
  // Who sends what isn't HTTP, or a path to slip past a route, gets no second try on this connection.
  if (kind.status === 400) exchange.closing = true;
  if (exchange.bodyLength !== 0) exchange.discardBody();
  const headers = new HeaderList();
  const navigates = wantsPage(exchange);
  headers.appendField(navigates ? HTML_TYPE : JSON_TYPE);
  headers.appendField(NO_STORE);
  headers.appendField(VARY_ACCEPT);
  for (const field of options.headers ?? []) headers.appendField(field);
  const body = navigates
    ? renderProblemPage({
        code,
        kind,
        detail: options.detail,
        id: exchange.id,
        reloadAfter: options.reloadAfter,
      })
    : JSON.stringify(problemBody(code, options.detail, exchange.id));
  exchange.reply(kind.status, headers, Buffer.from(body));
}

/**
 * For what nobody foresaw: the log gets the error with its stack, the client a 500 that doesn't repeat it (or a 503 if
 * it's only that there are too many of them), or a response that is cut if it had begun.
 */
export function failExchange(exchange: Exchange, error: unknown): void {
  exchange.onError(exchange, error);
  if (exchange.finished) return;
  const code = isOutOfDescriptors(error) ? 'too-many-connections' : 'internal-error';
  if (exchange.status === 0) replyProblem(exchange, code);
  else exchange.cut(code);
}

/** Whether our own process, or the machine, has no descriptor left for a connection or a file. */
export function isOutOfDescriptors(error: unknown): boolean {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code === 'EMFILE' || code === 'ENFILE';
}

function wantsPage(exchange: Exchange): boolean {
  const mode = exchange.headers.getById(H['sec-fetch-mode']);
  if (mode !== undefined && mode !== 'navigate') return false;
  return exchange.headers.getById(H.accept)?.includes('text/html') ?? false;
}
