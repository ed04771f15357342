import type { Machine } from './machine.ts';
import { nearestWord } from './nearest.ts';
import type { KeyPath, Problems } from './problems.ts';

/** What resolving shares: the machine that the config is for, and where problems go. */
export class ResolveContext {
  readonly problems: Problems;
  readonly machine: Machine;

  constructor(problems: Problems, machine: Machine) {
    this.problems = problems;
    this.machine = machine;
  }

  /** Reports a name that nothing defines, with the one that was probably meant. */
  unknownName(
    code: 'upstream-unknown' | 'policy-unknown' | 'auth-unknown',
    path: KeyPath,
    { name, known }: { name: string; known: ReadonlySet<string> },
  ): void {
    this.problems.error(code, path, { name, nearest: nearestWord(name, known) ?? '', known: [...known] });
  }
}
