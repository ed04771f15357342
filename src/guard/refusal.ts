import type { ProblemCode } from '../diagnostics/catalogue/problems.ts';

/** The problems that a guard answers with, by their codes. */
export type GuardProblemCode = Extract<ProblemCode, `guard-${string}`>;

/** A request that a guard refuses, as data. */
export interface GuardRefusal {
  readonly code: GuardProblemCode;
  /** For the person who asked: one sentence, without a secret, without an internal address. */
  readonly detail: string;
  /** Where a redirect led that is refused, for the log and never for the page: a path or a name, neither query nor address. */
  readonly where?: string;
}

/** Makes a refusal. */
export function refuse(code: GuardProblemCode, detail: string): GuardRefusal {
  return { code, detail };
}

/** Whether a result is a refusal. */
export function isRefusal<T>(result: T | GuardRefusal): result is GuardRefusal {
  return typeof result === 'object' && result !== null && 'code' in result && 'detail' in result;
}
