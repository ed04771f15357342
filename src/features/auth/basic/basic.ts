import type { BasicAuthModel, CredentialModel } from '../../../config/model.ts';
import type { Exchange } from '../../../wire/exchange.ts';
import { H } from '../../../wire/known-names.ts';
import type { Authenticator, Outcome, Refused } from '../authenticator.ts';
import { basicChallenge } from '../challenge.ts';
import { keyedDigestOf, KnownCredentials } from '../known-credentials.ts';
import { passedAs } from '../passed-as.ts';
import { ambiguous, unavailable } from '../refusals.ts';
import { readBasic, type BasicCredentials } from './basic-credentials.ts';
import { PasswordChecks } from './password-checks.ts';

/** `basic`: lets in users with their passwords. Checking one is slow on purpose; those that were right are remembered. */
export class BasicAuthenticator implements Authenticator {
  readonly remove: ((exchange: Exchange) => void) | undefined;
  readonly challenges: readonly string[];
  readonly asksAlways = false;
  private readonly model: BasicAuthModel;
  private readonly users: ReadonlyMap<string, CredentialModel>;
  /** What the password of somebody who isn't known is checked against: it takes as long, and so tells nothing. */
  private readonly stranger: CredentialModel | undefined;
  private readonly checks = new PasswordChecks();
  private readonly known = new KnownCredentials();
  /** Checks under way: a page's requests come all at once, with the same password. */
  private readonly pending = new Map<string, Promise<Outcome>>();
  private readonly wrong: Refused;

  constructor(model: BasicAuthModel) {
    this.model = model;
    this.users = new Map(model.users.map((user) => [user.name, user]));
    this.stranger = model.users[0];
    this.challenges = [basicChallenge(model.realm)];
    this.remove = model.remove ? removeBasic : undefined;
    this.wrong = {
      kind: 'refused',
      code: 'password-invalid',
      detail: 'The user name or the password is wrong.',
      challenges: this.challenges,
    };
  }

  check({ headers }: Exchange): Outcome | Promise<Outcome> {
    const authorization = headers.getById(H.authorization);
    if (authorization === undefined) return 'absent';
    if (headers.countId(H.authorization) > 1) return ambiguous(this.challenges);
    const credentials = readBasic(authorization);
    if (credentials === undefined) return 'absent';
    if (credentials === 'malformed') return this.wrong;
    const digest = keyedDigestOf(authorization);
    return this.known.get(digest) ?? this.pending.get(digest) ?? this.look(credentials, digest);
  }

  private look(credentials: BasicCredentials, digest: string): Promise<Outcome> {
    const looking = this.compare(credentials, digest).finally(() => this.pending.delete(digest));
    this.pending.set(digest, looking);
    return looking;
  }

  private async compare({ user, password }: BasicCredentials, digest: string): Promise<Outcome> {
    const known = this.users.get(user);
    const { hash = '' } = known ?? this.stranger ?? {};
    const right = await this.checks.check(password, hash);
    if (right === 'busy') {
      return unavailable('Too many passwords are being checked at the moment.', 'passwords: too many at once');
    }
    if (!right || known === undefined || Date.now() >= known.expires) return this.wrong;
    const passed = passedAs(known, this.model);
    this.known.set(digest, passed, { until: known.expires });
    return passed;
  }
}

function removeBasic({ headers }: Exchange): void {
  if (/^basic +/i.test(headers.getById(H.authorization) ?? '')) headers.removeId(H.authorization);
}
