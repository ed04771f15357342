import type { CombinedAuthModel } from '../../config/model.ts';
import type { Exchange } from '../../wire/exchange.ts';
import { FieldBlock } from '../../wire/header-list.ts';
import type { Authenticator, Outcome, Passed, Refused } from './authenticator.ts';

/** What the members have in common, whether one is enough or all are needed. */
abstract class Combined implements Authenticator {
  readonly remove: ((exchange: Exchange) => void) | undefined;
  readonly challenges: readonly string[];
  readonly asksAlways: boolean;
  protected readonly members: readonly Authenticator[];

  constructor(members: readonly Authenticator[]) {
    this.members = members;
    this.challenges = members.flatMap(({ challenges }) => challenges);
    this.asksAlways = members.some((member) => member.asksAlways);
    const removers = members.flatMap(({ remove }) => remove ?? []);
    this.remove =
      removers.length === 0
        ? undefined
        : (exchange) => {
            for (const remove of removers) remove(exchange);
          };
  }

  abstract check(exchange: Exchange): Outcome | Promise<Outcome>;
}

/** `any`: the first that lets the request in. If none does, the first that says what is wrong with it is heard. */
class Any extends Combined {
  override check(exchange: Exchange): Outcome | Promise<Outcome> {
    return this.checkFrom(exchange, 0, undefined);
  }

  private checkFrom(exchange: Exchange, index: number, refused: Refused | undefined): Outcome | Promise<Outcome> {
    const member = this.members[index];
    if (member === undefined) return refused ?? 'absent';
    const outcome = member.check(exchange);
    const goOn = (known: Outcome): Outcome | Promise<Outcome> => {
      if (known === 'answered' || (known !== 'absent' && known.kind === 'passed')) return known;
      return this.checkFrom(exchange, index + 1, refused ?? (known === 'absent' ? undefined : known));
    };
    return outcome instanceof Promise ? outcome.then(goOn) : goOn(outcome);
  }
}

/** What came of the members that were asked so far. */
interface Tally {
  readonly passed: readonly Passed[];
  readonly absent: readonly Authenticator[];
}

/** `all`: none may refuse. */
class All extends Combined {
  private readonly name: string;

  constructor(name: string, members: readonly Authenticator[]) {
    super(members);
    this.name = name;
  }

  override check(exchange: Exchange): Outcome | Promise<Outcome> {
    return this.checkFrom(exchange, 0, { passed: [], absent: [] });
  }

  private checkFrom(exchange: Exchange, index: number, { passed, absent }: Tally): Outcome | Promise<Outcome> {
    const member = this.members[index];
    if (member === undefined) return this.sum({ passed, absent });
    // It can't pass any more: nobody else need be bothered with it.
    const outcome = member.asksAlways && absent.length > 0 ? 'absent' : member.check(exchange);
    const goOn = (known: Outcome): Outcome | Promise<Outcome> => {
      if (known === 'absent') return this.checkFrom(exchange, index + 1, { passed, absent: [...absent, member] });
      if (known === 'answered' || known.kind === 'refused') return known;
      return this.checkFrom(exchange, index + 1, { passed: [...passed, known], absent });
    };
    return outcome instanceof Promise ? outcome.then(goOn) : goOn(outcome);
  }

  private sum({ passed, absent }: Tally): Outcome {
    if (passed.length === 0) return 'absent';
    if (absent.length === 0) return merge(passed, this.name);
    const challenges = absent.flatMap((member) => member.challenges);
    const detail = 'The request shows only some of the credentials that are needed.';
    return { kind: 'refused', code: 'auth-required', detail, challenges };
  }
}

/** Of what several say the first counts. */
function merge(passed: readonly Passed[], auth: string): Passed {
  const back = passed.flatMap((each) => each.back ?? []);
  const names = new Set<string>();
  const fields = passed.flatMap((each) => {
    const fresh = each.fields.fields.filter(({ name }) => !names.has(name.toLowerCase()));
    for (const { name } of fresh) names.add(name.toLowerCase());
    return fresh;
  });
  return {
    kind: 'passed',
    identity: {
      auth,
      subject: passed.find(({ identity }) => identity.subject !== '')?.identity.subject ?? '',
      claims: Object.fromEntries(
        passed.flatMap(({ identity }) => Object.entries<unknown>(identity.claims)).toReversed(),
      ),
      scopes: new Set(passed.flatMap(({ identity }) => [...identity.scopes])),
    },
    fields: new FieldBlock(fields),
    ...(back.length === 0 ? {} : { back }),
  };
}

/** `any` or `all` of these. */
export function combine({ kind, name }: CombinedAuthModel, members: readonly Authenticator[]): Authenticator {
  return kind === 'any' ? new Any(members) : new All(name, members);
}
