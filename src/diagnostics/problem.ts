import { problemCatalogue, type ProblemCode } from './catalogue/problems.ts';

/** The `type` of a problem is this and its code: a name, not an address (RFC 9457 §3.1.1 allows any URI). */
export const PROBLEM_TYPE_BASE = 'urn:oneorigin:problem:';

/** A problem as it's sent (RFC 9457), whoever answers with it. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What was the matter this time, for the person who asked. */
  readonly detail: string | undefined;
  readonly code: ProblemCode;
  /** The answer's id, by which an operator finds what is known of it. */
  readonly requestId: string;
}

/** The body of an error answer, ready for `JSON.stringify`. */
export function problemBody(code: ProblemCode, detail: string | undefined, requestId: string): ProblemBody {
  const { status, title } = problemCatalogue[code];
  return { type: PROBLEM_TYPE_BASE + code, title, status, detail, code, requestId };
}
