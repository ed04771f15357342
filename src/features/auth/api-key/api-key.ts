import { hash, timingSafeEqual } from 'node:crypto';
import type { ApiKeyAuthModel, CredentialModel } from '../../../config/model.ts';
import type { Exchange } from '../../../wire/exchange.ts';
import type { Authenticator, Outcome, Passed, Refused } from '../authenticator.ts';
import { apiKeyChallenge } from '../challenge.ts';
import { passedAs } from '../passed-as.ts';
import { ambiguous } from '../refusals.ts';
import { AMBIGUOUS, finderOf, removerOf, type Asked, type Shown } from '../token-place.ts';

interface Entry {
  readonly digest: Buffer;
  readonly expires: number;
  readonly passed: Passed;
}

/**
 * `apiKey`: lets in whoever has one of the keys. Keys are as long as chance makes them, so one fast hash is enough to hide
 * them: nobody can go through all of them, and a slow one would be paid for at every request.
 */
export class ApiKeyAuthenticator implements Authenticator<Asked> {
  readonly remove: ((exchange: Exchange) => void) | undefined;
  readonly challenges: readonly string[];
  readonly asksAlways = false;
  private readonly find: (asked: Asked) => Shown;
  /** By digest: how long a look-up takes tells of the digest of what was sent, from which nobody gets to another key's. */
  private readonly entries: ReadonlyMap<string, Entry>;
  private readonly wrong: Refused;
  private readonly expired: Refused;

  constructor(model: ApiKeyAuthModel) {
    this.find = finderOf(model.from);
    this.remove = model.remove ? removerOf(model.from) : undefined;
    this.challenges = [apiKeyChallenge(model.name)];
    this.entries = new Map(model.keys.map((key) => [digestIn(key), entryOf(key, model)]));
    this.wrong = this.refusal('api-key-invalid', 'There is no such API key.');
    this.expired = this.refusal('api-key-expired', 'The API key has expired.');
  }

  check(asked: Asked): Outcome {
    const key = this.find(asked);
    if (key === undefined) return 'absent';
    if (key === AMBIGUOUS) return ambiguous(this.challenges);
    const digest = hash('sha256', key, 'hex');
    const entry = this.entries.get(digest);
    if (entry === undefined || !timingSafeEqual(entry.digest, Buffer.from(digest, 'hex'))) return this.wrong;
    return Date.now() < entry.expires ? entry.passed : this.expired;
  }

  private refusal(code: 'api-key-invalid' | 'api-key-expired', detail: string): Refused {
    return { kind: 'refused', code, detail, challenges: this.challenges };
  }
}

/** The hexadecimal digits of `sha256:…`. */
function digestIn({ hash: text }: CredentialModel): string {
  return text.slice(text.indexOf(':') + 1).toLowerCase();
}

function entryOf(key: CredentialModel, model: ApiKeyAuthModel): Entry {
  return { digest: Buffer.from(digestIn(key), 'hex'), expires: key.expires, passed: passedAs(key, model) };
}
