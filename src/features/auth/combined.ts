import type { CombinedAuthModel } from '../../config/model.ts';
import type { Exchange } from '../../wire/exchange.ts';
import { FieldBlock } from '../../wire/header-list.ts';
import type { Authenticator, Outcome, Passed, Refused } from './authenticator.ts';
import type { Asked } from './token-place.ts';

/** What the members have in common, whether one is enough or all are needed. */
abstract class Combined<Request extends Asked> implements Authenticator<Request> {
  readonly remove: ((exchange: Exchange) => void) | undefined;
  readonly challenges: readonly string[];
  readonly asksAlways: boolean;
  protected readonly members: readonly Authenticator<Request>[];

  constructor(members: readonly Authenticator<Request>[]) {
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

  abstract check(request: Request): Outcome | Promise<Outcome>;
}

/** `any`: the first that lets the request in. If none does, the first that says what is wrong with it is heard. */
class Any<Request extends Asked> extends Combined<Request> {
  override check(request: Request): Outcome | Promise<Outcome> {
    return this.checkFrom(request, 0, undefined);
  }

  private checkFrom(request: Request, index: number, refused: Refused | undefined): Outcome | Promise<Outcome> {
    const member = this.members[index];
    if (member === undefined) return refused ?? 'absent';
    const outcome = member.check(request);
    const goOn = (known: Outcome): Outcome | Promise<Outcome> => {
      if (known === 'answered' || (known !== 'absent' && known.kind === 'passed')) return known;
      return this.checkFrom(request, index + 1, refused ?? (known === 'absent' ? undefined : known));
    };
    return outcome instanceof Promise ? outcome.then(goOn) : goOn(outcome);
  }
}

/** What came of the members that were asked so far. */
interface Tally {
  readonly passed: readonly Passed[];
  /** Challenges of those that the request shows nothing to; undefined: it shows something to all. */
  readonly absent: readonly string[] | undefined;
}

/** `all`: none may refuse. */
class All<Request extends Asked> extends Combined<Request> {
  private readonly name: string;

  constructor(name: string, members: readonly Authenticator<Request>[]) {
    super(members);
    this.name = name;
  }

  override check(request: Request): Outcome | Promise<Outcome> {
    return this.checkFrom(request, 0, { passed: [], absent: undefined });
  }

  private checkFrom(request: Request, index: number, { passed, absent }: Tally): Outcome | Promise<Outcome> {
    const member = this.members[index];
    if (member === undefined) return this.sum({ passed, absent });
    // It can't pass any more: nobody else need be bothered with it.
    const outcome = member.asksAlways && absent !== undefined ? 'absent' : member.check(request);
    const goOn = (known: Outcome): Outcome | Promise<Outcome> => {
      if (known === 'absent')
        return this.checkFrom(request, index + 1, { passed, absent: [...(absent ?? []), ...member.challenges] });
      if (known === 'answered' || known.kind === 'refused') return known;
      return this.checkFrom(request, index + 1, { passed: [...passed, known], absent });
    };
    return outcome instanceof Promise ? outcome.then(goOn) : goOn(outcome);
  }

  private sum({ passed, absent }: Tally): Outcome {
    if (passed.length === 0) return 'absent';
    if (absent === undefined) return merge(passed, this.name);
    const detail = 'The request shows only some of the credentials that are needed.';
    return { kind: 'refused', code: 'auth-required', detail, challenges: absent };
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
export function combine<Request extends Asked>(
  { kind, name }: CombinedAuthModel,
  members: readonly Authenticator<Request>[],
): Authenticator<Request> {
  return kind === 'any' ? new Any(members) : new All(name, members);
}
