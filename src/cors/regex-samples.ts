import { parseOrigin } from '../protocol/origin.ts';
import type { CharSet, RegexNode } from './regex-dialect.ts';

const MOST = 24;

/** Characters that a sample prefers, in this order. */
const PREFERRED = 'a1-.:/';

/** Some origins that a regex lets in, among them the shortest: what it seems meant for. Empty if none was found. */
export function sampleOrigins(node: RegexNode): string[] {
  return [...new Set(words(node))].filter((word) => 'origin' in parseOrigin(word));
}

function words(node: RegexNode): string[] {
  switch (node.kind) {
    case 'set':
      return characters(node.set);
    case 'sequence':
      return node.parts.reduce((before, part) => combine(before, words(part)), ['']);
    case 'choice':
      return interleave(node.options.map((option) => words(option)));
    case 'repeat': {
      const body = words(node.body);
      const counts = new Set([
        node.min,
        Math.min(node.max, node.min + 1),
        Math.min(node.max, Math.max(1, node.min + 2)),
      ]);
      return interleave([...counts].map((count) => times(body, count)));
    }
  }
}

/** One character, and a dot beside it where any will do: an unescaped dot is meant for one. */
function characters(set: CharSet): string[] {
  const has = (code: number): boolean => ((set >> BigInt(code)) & 1n) === 1n;
  const found = [...PREFERRED].filter((char) => has(char.charCodeAt(0)));
  for (let code = 0x21; code < 0x7f && found.length === 0; code++) if (has(code)) found.push(String.fromCharCode(code));
  return found.filter((char, index) => index === 0 || char === '.');
}

function times(body: readonly string[], count: number): string[] {
  return body.map((word) => word.repeat(count));
}

/** Every word with every other, up to the limit: short cuts first, so that no branch is lost before it's seen once. */
function combine(before: readonly string[], after: readonly string[]): string[] {
  const result = new Set<string>();
  const rounds = Math.max(before.length, after.length);
  for (let i = 0; i < rounds; i++) result.add((before[i % before.length] ?? '') + (after[i % after.length] ?? ''));
  for (const a of before) {
    for (const b of after) {
      if (result.size >= MOST) return [...result];
      result.add(a + b);
    }
  }
  return [...result];
}

function interleave(lists: readonly (readonly string[])[]): string[] {
  const result = new Set<string>();
  const longest = Math.max(0, ...lists.map((list) => list.length));
  for (let i = 0; i < longest; i++) {
    for (const list of lists) {
      const word = list[i];
      if (word !== undefined && result.size < MOST) result.add(word);
    }
  }
  return [...result];
}
