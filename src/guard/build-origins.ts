import { createPolicy, decide, type OriginOption, type Policy } from '../cors/index.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { AllowsOrigin } from './model.ts';
import type { GuardSurroundings, Place } from './settings.ts';

/** The origins that a route's policy lists; undefined if it lists none, or all. */
export function originsOfPolicy(policy: GuardSurroundings['policy']): AllowsOrigin | undefined {
  if (policy === undefined || policy === 'unknown' || policy.upstream === 'pass' || allowsAll(policy)) return undefined;
  return (origin) => allows(policy, origin);
}

/** Understands a list of origins, by the grammar and the care of a policy's. */
export function originsOf(
  value: OriginOption | readonly OriginOption[],
  key: 'origins' | 'denyOrigins',
  { at, problems }: GuardSurroundings,
): AllowsOrigin | undefined {
  const made = createPolicy({ origins: value }, { path: at });
  const found = 'problems' in made ? made.problems : made.warnings;
  problems.add(found.map((each) => renamed(each, at, key)));
  if ('problems' in made) return undefined;
  const { policy } = made;
  if (allowsAll(policy)) problems.error('guard-origins-any', [...at, key]);
  return (origin) => allows(policy, origin);
}

/** A policy calls its list `origins`, whatever it's called here. */
function renamed(problem: Diagnostic, at: Place, key: string): Diagnostic {
  const path = (problem.path ?? at).map((part, index) => (index === at.length && part === 'origins' ? key : part));
  return { ...problem, path };
}

function allowsAll({ rules }: Policy): boolean {
  return rules.some(({ kind }) => kind === 'any');
}

function allows(policy: Policy, origin: string): boolean {
  const question = { method: 'GET', origin, requestMethod: undefined, requestHeaders: undefined, sameOrigin: false };
  return decide(policy, question).allowed;
}
