import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** The project's folder. */
export const ROOT = join(import.meta.dirname, '../..');
const SRC = join(ROOT, 'src');

/** One import of a source file. */
export interface Import {
  /** The importing file below src, with slashes. */
  readonly from: string;
  /** As written. */
  readonly specifier: string;
  /** The imported file below src, undefined for packages and Node's own modules. */
  readonly to: string | undefined;
  /** Whether only types are imported. */
  readonly typeOnly: boolean;
}

const STATEMENT =
  /^[ \t]*(?:import|export)\b(?<type>\s+type\b)?[^;'"]*?\bfrom\s*(['"])(?<from>[^'"]+)\2|^[ \t]*import\s*(['"])(?<bare>[^'"]+)\4|\bimport\(\s*(['"])(?<dynamic>[^'"]+)\6/gm;

/** Every TypeScript file below src, with slashes. */
export function sourceFiles(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.split(sep).join('/'))
    .toSorted();
}

/** The text of a file below src. */
export function readSource(file: string): string {
  return readFileSync(join(SRC, file), 'utf8');
}

/** Every import of a file, those of types included. */
export function importsOf(file: string, text = readSource(file)): Import[] {
  return [...text.matchAll(STATEMENT)].map(({ groups = {} }) => {
    const specifier = groups['from'] ?? groups['bare'] ?? groups['dynamic'] ?? '';
    const to = specifier.startsWith('.') ? join(dirname(file), specifier).split(sep).join('/') : undefined;
    return { from: file, specifier, to, typeOnly: groups['type'] !== undefined };
  });
}

/** Markdown files that are the project's own. */
export function markdownFiles(): string[] {
  const skipped = /(?:^|\/)(?:node_modules|dist|coverage|\.[^/]+)\//;
  return readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .map((file) => relative(ROOT, join(ROOT, file)).split(sep).join('/'))
    .filter((file) => file.endsWith('.md') && !skipped.test(file))
    .toSorted();
}
