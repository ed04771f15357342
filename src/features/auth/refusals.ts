import type { ProblemCode } from '../../diagnostics/catalogue/problems.ts';
import type { Refused } from './authenticator.ts';
import { bearerChallenge } from './challenge.ts';

/** A request that shows different credentials in one place. */
export function ambiguous(challenges: readonly string[]): Refused {
  return {
    kind: 'refused',
    code: 'credentials-ambiguous',
    detail: 'The request holds different credentials where there can be only one.',
    challenges,
  };
}

/** A token that isn't taken. @param detail one sentence, which the challenge has too */
export function invalidToken(realm: string, code: ProblemCode, detail: string): Refused {
  const challenges = [bearerChallenge(realm, { error: 'invalid_token', description: detail.replace(/\.$/, '') })];
  return { kind: 'refused', code, detail, challenges };
}

/** Nobody can tell at the moment. @param failure for the log */
export function unavailable(detail: string, failure: string): Refused {
  return { kind: 'refused', code: 'auth-unavailable', detail, challenges: [], failure };
}
