import { problemCatalogue, type ProblemCode } from '../diagnostics/catalogue/problems.ts';

/** A response before it has passed the door: its headers can still be changed. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | string | null;
}

/** What is wrong, for the door to make an answer of. Thrown, because it ends what was under way. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly status: number;
  /** What the client reads. Never a secret, never an address inside. */
  readonly detail: string | undefined;
  /** Lines to add, such as Allow or Retry-After. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** What was thrown beneath, in words for who runs it. Never a secret. */
  override readonly cause: string | undefined;

  constructor(
    code: ProblemCode,
    detail?: string,
    more: { readonly headers?: Problem['headers']; readonly cause?: string | undefined } = {},
  ) {
    super(detail ?? problemCatalogue[code].title);
    this.cause = more.cause;
    this.code = code;
    this.status = problemCatalogue[code].status;
    this.detail = detail;
    this.headers = more.headers ?? [];
  }
}
