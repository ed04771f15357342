import type { MessagePattern } from './pattern.ts';
import { PATTERNS } from './patterns/index.ts';

/** The known message that an unknown text is nearest to. */
export interface NearestMessage {
  readonly pattern: MessagePattern;
  /** How much they have in common, from 0 to 1. */
  readonly likeness: number;
}

interface Wording {
  readonly pattern: MessagePattern;
  readonly words: ReadonlySet<string>;
  readonly weight: number;
}

/** Less in common is chance. */
const LEAST = 0.3;
const FEWEST = 2;
const LONGEST = 4000;

let wordings: readonly Wording[] | undefined;
const rarity = new Map<string, number>();

/** The known message nearest to a text, by the words that they share: rare words count more than common ones. */
export function nearestMessage(text: string): NearestMessage | undefined {
  wordings ??= learn();
  const words = wordsOf(text.slice(0, LONGEST));
  const own = weigh(words);
  let best: NearestMessage | undefined;
  for (const { pattern, words: theirs, weight } of wordings) {
    const common = [...theirs].filter((word) => words.has(word));
    const shared = common.reduce((sum, word) => sum + (rarity.get(word) ?? 0), 0);
    const likeness = (2 * shared) / (own + weight);
    if (common.length >= FEWEST && likeness >= LEAST && likeness > (best?.likeness ?? 0)) best = { pattern, likeness };
  }
  return best;
}

function learn(): Wording[] {
  const patterns = PATTERNS.filter(({ code }) => code !== undefined);
  const sets = patterns.map(({ text }) => wordsOf(text.replaceAll(/\{\w+\}/g, ' ')));
  for (const words of sets) for (const word of words) rarity.set(word, (rarity.get(word) ?? 0) + 1);
  for (const [word, count] of rarity) rarity.set(word, Math.log(1 + patterns.length / count));
  return patterns.map((pattern, index) => {
    const words = sets[index] ?? new Set();
    return { pattern, words, weight: weigh(words) };
  });
}

function weigh(words: ReadonlySet<string>): number {
  // A word that no message has says a little against each of them.
  return [...words].reduce((sum, word) => sum + (rarity.get(word) ?? 1), 0);
}

function wordsOf(text: string): Set<string> {
  const prose = text
    .replaceAll(/[a-z-]+:\/\/\S+/gi, ' ')
    .toLowerCase()
    .replaceAll(/['’]/g, '');
  return new Set(prose.match(/[\p{L}_-]{2,}/gu));
}
