import { createSecretKey, type KeyObject } from 'node:crypto';
import type { CryptoKey, JWK, JWTPayload } from 'jose';
import type { JwtAuthModel } from '../../../config/model.ts';
import type { KeySet, KeySource } from './key-source.ts';
import { whyRefused, type TokenProblem } from './why-refused.ts';

/** A token that is right, and what it was verified with; or what is wrong. */
export type VerifiedToken =
  | { readonly claims: JWTPayload & { readonly exp: number }; readonly by: KeySet | undefined }
  | { readonly problem: TokenProblem | 'unavailable' };

/** Tokens without a key's name are tried with so many keys: each costs time, and anybody can send them. */
const MOST_TRIED = 8;

type Jose = typeof import('./jose-parts.ts');
type Keys = (...args: Parameters<ReturnType<Jose['createLocalJWKSet']>>) => Promise<CryptoKey>;

/** Verifies signed tokens: signature, then claims (RFC 7519 §7.2), with algorithms that the config says (RFC 8725 §3.1). */
export class JwtVerifier {
  private readonly model: JwtAuthModel;
  /** Undefined: there's a secret. */
  private readonly source: KeySource | undefined;
  private readonly secret: KeyObject | undefined;
  private readonly jose: Promise<Jose>;
  private readonly ready = new WeakMap<KeySet, Keys>();

  /** @param source of public keys; none if the model has a secret */
  constructor(model: JwtAuthModel, source: KeySource | undefined) {
    this.model = model;
    this.source = source;
    this.secret = model.keys.kind === 'secret' ? createSecretKey(model.keys.secret) : undefined;
    this.jose = import('./jose-parts.ts');
    // Whoever verifies sees it.
    this.jose.catch(() => {});
  }

  async verify(token: string): Promise<VerifiedToken> {
    const jose = await this.jose;
    if (this.secret !== undefined) return this.attempt(jose, token, this.secret);
    const set = await this.source?.keys();
    if (set === undefined) return { problem: 'unavailable' };
    const verified = await this.withSet(jose, token, set);
    if (!('problem' in verified) || !isUnknownKey(verified.problem)) return verified;
    const newer = (await this.source?.newerThan(set)) ?? 'none';
    if (newer === 'unavailable') return { problem: 'unavailable' };
    return newer === 'none' ? verified : this.withSet(jose, token, newer);
  }

  private async withSet(jose: Jose, token: string, set: KeySet): Promise<VerifiedToken> {
    let keys = this.ready.get(set);
    if (keys === undefined) this.ready.set(set, (keys = finderIn(jose, set)));
    return this.attempt(jose, token, keys, set);
  }

  private async attempt(jose: Jose, token: string, key: KeyObject | Keys, by?: KeySet): Promise<VerifiedToken> {
    try {
      return { claims: await this.claimsOf(jose, token, key), by };
    } catch (error) {
      if (!(error instanceof jose.errors.JWKSMultipleMatchingKeys)) return { problem: whyRefused(error) };
      return this.tryEach(jose, token, error, by);
    }
  }

  /** A token without a key's name (`kid`), or one that several keys have: the one that verifies it is the one. */
  private async tryEach(
    jose: Jose,
    token: string,
    keys: AsyncIterable<CryptoKey>,
    by: KeySet | undefined,
  ): Promise<VerifiedToken> {
    let problem = whyRefused(new jose.errors.JWSSignatureVerificationFailed());
    let tried = 0;
    for await (const key of keys) {
      if (tried++ >= MOST_TRIED) break;
      try {
        return { claims: await this.claimsOf(jose, token, key), by };
      } catch (error) {
        problem = whyRefused(error);
        if (problem.code !== 'token-bad-signature') break;
      }
    }
    return { problem };
  }

  private async claimsOf(
    { jwtVerify }: Jose,
    token: string,
    key: KeyObject | CryptoKey | Keys,
  ): Promise<JWTPayload & { readonly exp: number }> {
    const { algorithms, issuers, audiences, clockSkew, type, requireClaims } = this.model;
    const options = {
      algorithms: [...algorithms],
      clockTolerance: clockSkew / 1000,
      requiredClaims: ['exp', ...requireClaims],
      ...(issuers === undefined ? {} : { issuer: [...issuers] }),
      ...(audiences === undefined ? {} : { audience: [...audiences] }),
      ...(type === undefined ? {} : { typ: type }),
    };
    // One function for both: which it is makes no difference to jose.
    const { payload } = await (jwtVerify as (...args: unknown[]) => Promise<{ payload: JWTPayload }>)(
      token,
      key,
      options,
    );
    return payload as JWTPayload & { readonly exp: number };
  }
}

/** Finds the key of a token. Where keys have no names, as those in PEM, a token's name for its own says nothing. */
function finderIn({ createLocalJWKSet }: Jose, { keys }: KeySet): Keys {
  const find = createLocalJWKSet({ keys: [...keys] as JWK[] });
  if (keys.some((key) => key['kid'] !== undefined)) return find;
  return (header, token) => find(header?.alg === undefined ? header : { alg: header.alg }, token);
}

function isUnknownKey(problem: TokenProblem | 'unavailable'): boolean {
  return problem !== 'unavailable' && problem.code === 'token-unknown-key';
}
