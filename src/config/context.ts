import { nearestWord } from './nearest.ts';
import type { KeyPath, Problems } from './problems.ts';

/** What resolving shares: where relative paths begin, and where problems go. */
export class ResolveContext {
  readonly problems: Problems;
  readonly baseDir: string;
  /** Whether files and folders that the config names must be there. */
  readonly checkFiles: boolean;

  constructor(problems: Problems, options: { readonly baseDir: string; readonly checkFiles: boolean }) {
    this.problems = problems;
    this.baseDir = options.baseDir;
    this.checkFiles = options.checkFiles;
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
