import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Pair,
  type ParsedNode,
} from 'yaml';
import type { ConfigCode } from '../diagnostics/catalogue/config.ts';
import type { Diagnostic, Place } from '../diagnostics/diagnostic.ts';
import { expandEnv, type Environment } from './env.ts';
import type { KeyPath } from './problems.ts';

/** A config's text, read: its value, and where everything stands in it. */
export interface Source {
  /** Undefined if the text couldn't be read at all. */
  readonly value: unknown;
  readonly problems: readonly Diagnostic[];
  /** Where a key path stands; the nearest thing around it that is there. */
  locate(path: KeyPath, prefer?: 'key' | 'value'): Place | undefined;
}

type AnyDocument = Document.Parsed<ParsedNode>;

/** Reads YAML; JSON is a part of it. Never throws. */
export function readSource(text: string, options: { readonly env: Environment; readonly file?: string }): Source {
  const lines = new LineCounter();
  const { env, file } = options;
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { ...(file === undefined ? {} : { file }), line: Math.max(1, line), column: Math.max(1, col) };
  };
  try {
    const document: AnyDocument = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      merge: true,
      // Not `silent`: that would let several documents pass.
      logLevel: 'error',
    });
    const variable = firstBareVariable(document, text);
    if (variable !== undefined) return failed([problemAt('yaml-variable', placeAt(variable), {})]);
    const broken = trustworthy([...document.errors, ...document.warnings]).map(({ code, message, pos }) =>
      problemAt('yaml-syntax', placeAt(pos[0]), { kind: code, reason: reword(message) }),
    );
    if (broken.length > 0) return failed(broken);
    const problems = prepare(document, env, (offset) => placeAt(offset));
    if (problems.some(({ code }) => !code.startsWith('env-'))) return failed(problems);
    return {
      value: document.toJS({ maxAliasCount: 1000 }) as unknown,
      problems,
      locate: (path, prefer = 'value') => placeAt(offsetOf(document, path, prefer)),
    };
  } catch (error) {
    const reason = error instanceof RangeError ? 'it is nested too deeply' : String((error as Error).message);
    return failed([problemAt('yaml-syntax', placeAt(0), { kind: 'LIMIT', reason })]);
  }
}

/** Where the first error is a `${…}` without quotes inside `{ }` or `[ ]`, where YAML takes its brace for its own. */
function firstBareVariable(document: AnyDocument, text: string): number | undefined {
  const offset = document.errors[0]?.pos[0] ?? 0;
  return offset > 0 && text.startsWith('${', offset - 1) ? offset - 1 : undefined;
}

/** Mistakes that leave the rest of the text readable. */
const CONTAINED = new Set<string>(['DUPLICATE_KEY', 'TAB_AS_INDENT', 'TAG_RESOLVE_FAILED']);

/** Errors as far as they can be trusted: after the first that confuses the parser the next are only its confusion. */
function trustworthy<T extends { readonly code: string }>(errors: readonly T[]): readonly T[] {
  const first = errors.findIndex(({ code }) => !CONTAINED.has(code));
  return first === -1 ? errors : errors.slice(0, first + 1);
}

/** The parser's words, without those that only its author needs. */
function reword(message: string): string {
  return message
    .replace(/ in YAML stream/, '')
    .replace(/; please use .*$/s, '')
    .replace(/ at line \d+, column \d+.*$/s, '')
    .replace(/^Missing closing (["'])quote/, 'Missing closing $1');
}

function failed(problems: readonly Diagnostic[]): Source {
  return { value: undefined, problems, locate: () => undefined };
}

function problemAt(code: ConfigCode, place: Place, data: Diagnostic['data']): Diagnostic {
  return { code, severity: 'error', data, place };
}

/** Expands variables in place, and finds what can't become plain values. */
function prepare(document: AnyDocument, env: Environment, placeAt: (offset: number) => Place): Diagnostic[] {
  const problems: Diagnostic[] = [];
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'string' || !node.value.includes('${')) return;
      const result = expandEnv(node.value, env);
      if ('text' in result) {
        // `headerCount: ${MAX}` means the number.
        node.value = node.type === 'PLAIN' && isWholeReference(node.value) ? scalarOf(result.text) : result.text;
        return;
      }
      const { code, name, text } = result.problem;
      problems.push(problemAt(code, placeAt(node.range?.[0] ?? 0), { name, text }));
      // Something that can't add a second problem.
      node.value = undefined;
    },
    Alias(_, node) {
      if (node.resolve(document) !== undefined) return;
      problems.push(problemAt('yaml-alias', placeAt(node.range?.[0] ?? 0), { name: node.source }));
    },
    Pair(_, pair) {
      const { key } = pair;
      if (key === null || isScalar(key)) return;
      const offset = (key as Node).range?.[0] ?? 0;
      problems.push(problemAt('yaml-key', placeAt(offset), {}));
    },
  });
  return problems;
}

function isWholeReference(text: string): boolean {
  return /^\$\{[^{}]*\}$/.test(text);
}

function scalarOf(text: string): string | number | boolean {
  if (/^-?(?:0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  return text === 'true' ? true : text === 'false' ? false : text;
}

function offsetOf(document: AnyDocument, path: KeyPath, prefer: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, key] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const last = index === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair === undefined) return offset;
      node = pair.value;
      offset = pairOffset(pair, last ? prefer : 'value') ?? offset;
    } else if (isSeq(node) && typeof key === 'number') {
      node = node.items[key];
      offset = startOf(node) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

/** A short value is pointed at itself, a long one by its key. */
function pairOffset(pair: Pair, prefer: 'key' | 'value'): number | undefined {
  const value = isScalar(pair.value) || isAlias(pair.value) ? startOf(pair.value) : undefined;
  return prefer === 'value' && value !== undefined ? value : startOf(pair.key);
}

function startOf(node: unknown): number | undefined {
  if (!isMap(node) && !isSeq(node) && !isScalar(node) && !isAlias(node)) return undefined;
  return node.range?.[0];
}
