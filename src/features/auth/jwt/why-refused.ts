import type { errors as Errors } from 'jose';
import type { ProblemCode } from '../../../diagnostics/catalogue/problems.ts';

/** Why a token isn't taken. */
export interface TokenProblem {
  readonly code: ProblemCode;
  /** For whoever sent it. What it says is in the token, or known to everybody. */
  readonly detail: string;
}

/** By jose's own codes. */
const BY_CODE: Readonly<Record<string, TokenProblem>> = {
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: {
    code: 'token-bad-signature',
    detail: "The token's signature is not the issuer's.",
  },
  ERR_JWKS_NO_MATCHING_KEY: {
    code: 'token-unknown-key',
    detail: 'The token is signed with a key that the issuer does not have.',
  },
  ERR_JOSE_ALG_NOT_ALLOWED: {
    code: 'token-wrong-algorithm',
    detail: 'The token is signed with an algorithm that is not accepted.',
  },
  ERR_JOSE_NOT_SUPPORTED: {
    code: 'token-wrong-algorithm',
    detail: 'The token is signed in a way that is not supported.',
  },
};

const MALFORMED: TokenProblem = { code: 'token-malformed', detail: 'The token is not a signed JWT.' };

const BY_CLAIM: Readonly<Record<string, TokenProblem>> = {
  aud: { code: 'token-wrong-audience', detail: 'The token was issued for another audience.' },
  iss: { code: 'token-wrong-issuer', detail: 'The token is from another issuer.' },
  typ: { code: 'token-wrong-type', detail: 'The token is of another type.' },
};

/** What jose threw, as a problem of the token's. */
export function whyRefused(error: unknown): TokenProblem {
  const { code, claim, reason, payload } = error as Partial<Errors.JWTClaimValidationFailed>;
  if (code === 'ERR_JWT_EXPIRED') return { code: 'token-expired', detail: `The token expired${at(payload?.exp)}.` };
  if (code !== 'ERR_JWT_CLAIM_VALIDATION_FAILED') return BY_CODE[code ?? ''] ?? MALFORMED;
  const known = BY_CLAIM[claim ?? ''];
  if (known !== undefined) return known;
  if (claim === 'nbf' && reason === 'check_failed') {
    return { code: 'token-not-yet-valid', detail: `The token is not valid before${at(payload?.nbf).slice(3)}.` };
  }
  if (reason === 'missing') return { code: 'token-claim-missing', detail: `The token has no claim ${claim ?? ''}.` };
  return { ...MALFORMED, detail: `The token's claim ${claim ?? ''} is not a time.` };
}

/** ` at 2026-11-21T08:40:22Z`; '' for what no calendar has. */
function at(seconds: unknown): string {
  if (typeof seconds !== 'number' || Math.abs(seconds) > 8.64e12) return '';
  return ` at ${new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z')}`;
}
