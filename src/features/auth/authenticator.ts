import type { ProblemCode } from '../../diagnostics/catalogue/problems.ts';
import type { Exchange, Identity } from '../../wire/exchange.ts';
import type { Field, FieldBlock } from '../../wire/header-list.ts';
import type { Asked } from './token-place.ts';

/** A request may pass as far as who asks is concerned. */
export interface Passed {
  readonly kind: 'passed';
  readonly identity: Identity;
  /** What the upstream is told of who asks. */
  readonly fields: FieldBlock;
  /** What the client is told with the upstream's response. */
  readonly back?: readonly Field[];
}

/** A request may not pass. */
export interface Refused {
  readonly kind: 'refused';
  readonly code: ProblemCode;
  /** For whoever asked: what is wrong with what was shown. Never a secret. */
  readonly detail: string;
  /** Values of WWW-Authenticate (RFC 9110 §11.6.1); none unless the status is 401 or 403. */
  readonly challenges: readonly string[];
  /** For the log alone: what failed on our side. Default: nothing did. */
  readonly failure?: string;
}

/** What came of asking. `absent`: the request shows nothing; `answered`: the client has its answer, or has left. */
export type Outcome = Passed | Refused | 'absent' | 'answered';

/** One way to find out who asks. */
export interface Authenticator<Request extends Asked = Exchange> {
  /** @returns a promise only where it truly waits */
  check(request: Request): Outcome | Promise<Outcome>;
  /** Takes what it looks for off a request that passes; undefined if that stays. */
  readonly remove: ((exchange: Exchange) => void) | undefined;
  /** For whoever shows nothing: values of WWW-Authenticate. */
  readonly challenges: readonly string[];
  /** Whether it asks somebody even if the request shows nothing, and may answer by itself. */
  readonly asksAlways: boolean;
}
