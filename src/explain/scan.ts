import { compile, findAll, type Match, type Matcher } from './matcher.ts';
import type { ConsoleEngine, Field, MessagePattern } from './pattern.ts';
import { PATTERNS } from './patterns/index.ts';
import type { Squeezed } from './squeeze.ts';
import type { ConsoleCode } from '../diagnostics/catalogue/console.ts';

/** One message of a console: a cause with what stood before and after it. */
export interface Message {
  readonly code: ConsoleCode;
  readonly engine: ConsoleEngine;
  readonly preflight: boolean;
  readonly era: 'old' | undefined;
  readonly fields: Readonly<Record<string, string>>;
  /** Where it stands in the squeezed text. */
  readonly start: number;
  readonly end: number;
}

/** What may stand between the pieces of one message. */
const GLUE = /^[.:;,()[\]-]{0,6}$/;

let matchers: readonly Matcher[] | undefined;

/** Every known message in a text, in its order. */
export function scan(squeezed: Squeezed): Message[] {
  // On first use: every other command starts without it.
  matchers ??= PATTERNS.map(compile);
  const matches: Match[] = [];
  for (const matcher of matchers) for (const match of findAll(matcher, squeezed)) matches.push(match);
  return assemble(withoutOverlaps(matches), squeezed);
}

/** Of matches that overlap the one with more words of its own; of equals the shorter. */
function withoutOverlaps(matches: readonly Match[]): Match[] {
  const kept: Match[] = [];
  for (const match of matches.toSorted((a, b) => a.start - b.start || b.weight - a.weight)) {
    const last = kept.at(-1);
    if (last !== undefined && match.start < last.end) {
      if (!isBetter(match, last)) continue;
      kept.pop();
    }
    kept.push(match);
  }
  return kept;
}

function isBetter(a: Match, b: Match): boolean {
  return a.weight > b.weight || (a.weight === b.weight && a.end - a.start < b.end - b.start);
}

/** Pieces that stand next to each other make one message. */
function assemble(matches: readonly Match[], squeezed: Squeezed): Message[] {
  const messages: Message[] = [];
  let pieces: Match[] = [];
  const flush = (): void => {
    const message = toMessage(pieces);
    if (message !== undefined) messages.push(message);
    pieces = [];
  };
  for (const match of matches) {
    const before = pieces.at(-1);
    const follows =
      before !== undefined && GLUE.test(squeezed.text.slice(before.end, Math.min(match.start, before.end + 8)));
    if (!follows || !goesOn(pieces, match.pattern)) flush();
    pieces.push(match);
  }
  flush();
  return messages;
}

/** A cause comes once and after its contexts; a tail only after a cause. */
function goesOn(pieces: readonly Match[], { role }: MessagePattern): boolean {
  const hasCause = pieces.some(({ pattern }) => pattern.role === 'cause');
  return role === 'tail' ? hasCause : !hasCause;
}

function toMessage(pieces: readonly Match[]): Message | undefined {
  const [first] = pieces;
  const last = pieces.at(-1);
  const given = pieces.find(({ pattern }) => pattern.role === 'cause');
  const cause = given ?? pieces.findLast(({ pattern }) => pattern.code !== undefined);
  if (first === undefined || last === undefined || cause?.pattern.code === undefined) return undefined;
  const fields: Partial<Record<Field, string>> = {};
  for (const piece of pieces) Object.assign(fields, piece.pattern.data, piece.fields);
  const isNamed = first.pattern.engine !== 'any';
  const { engine, alone = engine } = cause.pattern;
  return {
    code: cause.pattern.code,
    engine: isNamed ? first.pattern.engine : given === undefined ? alone : engine,
    preflight: pieces.some(({ pattern }) => pattern.preflight === true),
    era: pieces.some(({ pattern }) => pattern.era === 'old') ? 'old' : undefined,
    fields,
    start: first.start,
    end: last.end,
  };
}
