import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { certificatesIn } from './certificate-files.ts';
import type { ResolveContext } from './context.ts';
import { causeOf } from './file-cause.ts';
import type { KeyPath } from './problems.ts';

/** The certificates in a file of authorities; undefined, and reported, if there are none. */
export function readAuthorities(
  file: string,
  path: KeyPath,
  { baseDir, checkFiles, problems }: ResolveContext,
): readonly string[] | undefined {
  if (!checkFiles) return [];
  const absolute = resolve(baseDir, file);
  try {
    const certificates = certificatesIn(readFileSync(absolute, 'utf8'));
    if (certificates.length > 0) return Object.freeze([...certificates]);
    problems.error('ca-empty', path, { file: absolute });
  } catch (error) {
    problems.error('file-unreadable', path, { file: absolute, cause: causeOf(error) });
  }
  return undefined;
}
