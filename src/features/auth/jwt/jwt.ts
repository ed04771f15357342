import type { JwtAuthModel } from '../../../config/model.ts';
import type { Exchange } from '../../../wire/exchange.ts';
import type { Authenticator, Outcome } from '../authenticator.ts';
import { bearerChallenge } from '../challenge.ts';
import { claimFields, scopesOf, type Claims } from '../claims.ts';
import { digestOf, KnownCredentials } from '../known-credentials.ts';
import { ambiguous, invalidToken, unavailable } from '../refusals.ts';
import { AMBIGUOUS, finderOf, removerOf, type Asked, type Shown } from '../token-place.ts';
import type { KeySource } from './key-source.ts';
import { JwtVerifier } from './jwt-verifier.ts';

/** `jwt`: lets tokens in that the issuer has signed. Those that were verified are remembered until they expire. */
export class JwtAuthenticator implements Authenticator {
  readonly remove: ((exchange: Exchange) => void) | undefined;
  readonly challenges: readonly string[];
  readonly asksAlways = false;
  private readonly model: JwtAuthModel;
  private readonly source: KeySource | undefined;
  private readonly verifier: JwtVerifier;
  private readonly find: (asked: Asked) => Shown;
  private readonly known = new KnownCredentials();

  /** @param source of public keys; none if the model has a secret */
  constructor(model: JwtAuthModel, source: KeySource | undefined) {
    this.model = model;
    this.source = source;
    this.verifier = new JwtVerifier(model, source);
    this.find = finderOf(model.from);
    this.remove = model.remove ? removerOf(model.from) : undefined;
    this.challenges = [bearerChallenge(model.name)];
  }

  check(exchange: Exchange): Outcome | Promise<Outcome> {
    const token = this.find(exchange);
    if (token === undefined) return 'absent';
    if (token === AMBIGUOUS) return ambiguous(this.challenges);
    const digest = digestOf(token);
    // Keys that were taken back, or are too old, take with them what they verified.
    return this.known.get(digest, this.source?.current) ?? this.verify(token, digest);
  }

  private async verify(token: string, digest: string): Promise<Outcome> {
    const { name, headers, scopeClaims, clockSkew } = this.model;
    const verified = await this.verifier.verify(token);
    if ('problem' in verified) {
      const { problem } = verified;
      if (problem !== 'unavailable') return invalidToken(name, problem.code, problem.detail);
      return unavailable("The issuer's keys can't be had at the moment.", `keys: ${this.source?.failure ?? ''}`);
    }
    const { claims, by } = verified;
    const known: Claims = claims;
    const passed = {
      kind: 'passed',
      identity: {
        auth: name,
        subject: typeof claims.sub === 'string' ? claims.sub : '',
        claims: known,
        scopes: scopesOf(known, scopeClaims),
      },
      fields: claimFields(known, headers),
    } as const;
    this.known.set(digest, passed, { until: claims.exp * 1000 + clockSkew, by });
    return passed;
  }
}
