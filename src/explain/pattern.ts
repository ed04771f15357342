import type { ConsoleCode } from '../diagnostics/catalogue/console.ts';

/** Whose console prints a message; `any` where several do, or the page's script. */
export type ConsoleEngine = 'chromium' | 'firefox' | 'webkit' | 'any';

/**
 * What a piece of a message is for: a `context` begins it and names the request, a `cause` says what is wrong, a `tail`
 * may follow a cause.
 */
export type PatternRole = 'context' | 'cause' | 'tail';

/** What stands in a message in place of a `{placeholder}`. */
export type Field =
  | 'kind'
  | 'url'
  | 'firstUrl'
  | 'origin'
  | 'value'
  | 'method'
  | 'header'
  | 'status'
  | 'scheme'
  | 'space'
  | 'detail'
  | 'page';

/** One wording of a console, as data. */
export interface MessagePattern {
  readonly engine: ConsoleEngine;
  readonly role: PatternRole;
  /** The wording, with `{field}` for what varies. Quotes, case, whitespace and the full stop at the end don't count. */
  readonly text: string;
  /** What it means. Of a context: what it means if no cause follows. Absent: nothing by itself. */
  readonly code?: ConsoleCode;
  /** It is about the preflight. */
  readonly preflight?: true;
  /** Of a context of several engines: whose it is if no cause follows. */
  readonly alone?: ConsoleEngine;
  /** Engines of today word it otherwise. */
  readonly era?: 'old';
  /** What the wording says without a placeholder. */
  readonly data?: Readonly<Record<string, string>>;
}

type Extra = Omit<MessagePattern, 'engine' | 'role' | 'text' | 'code'>;

/** What one engine prints, written as a table. */
export interface Wordings {
  cause(code: ConsoleCode, text: string, extra?: Extra): MessagePattern;
  context(text: string, extra?: Extra & { readonly code?: ConsoleCode }): MessagePattern;
  tail(text: string, extra?: Extra): MessagePattern;
}

/** The words of an engine's table. */
export function wordings(engine: ConsoleEngine): Wordings {
  return {
    cause: (code, text, extra) => ({ engine, role: 'cause', code, text, ...extra }),
    context: (text, extra) => ({ engine, role: 'context', text, ...extra }),
    tail: (text, extra) => ({ engine, role: 'tail', text, ...extra }),
  };
}
