import type { Decision } from './decision.ts';

/** What a policy's refusal is answered with. */
export interface Refusal {
  /** The problem's code. */
  readonly code: 'preflight-refused' | 'origin-refused';
  /** What a visitor may read: only what was refused, since the list of allowed origins is nobody else's business. */
  readonly detail: string;
}

/** The answer to a request that a decision refuses, or `undefined` if it doesn't. */
export function refusalOf({ kind, status, refuse, reason }: Decision): Refusal | undefined {
  if (kind === 'preflight') {
    return status === 403 ? { code: 'preflight-refused', detail: `Refused: ${reason}.` } : undefined;
  }
  return refuse ? { code: 'origin-refused', detail: `The policy refuses this request: ${reason}.` } : undefined;
}
