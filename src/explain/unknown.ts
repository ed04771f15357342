import { nearestMessage } from './nearest.ts';
import type { ConsoleEngine } from './pattern.ts';
import type { ConsoleCode } from '../diagnostics/catalogue/console.ts';
import type { Message } from './scan.ts';
import type { Squeezed } from './squeeze.ts';

/** A piece of a text that isn't understood. */
export interface UnknownText {
  /** Its beginning. */
  readonly text: string;
  /** The known message that it's nearest to, if one is near. */
  readonly nearest: { readonly text: string; readonly code: ConsoleCode; readonly engine: ConsoleEngine } | undefined;
  /** Whether it is written in another language than English, as consoles of localised browsers are. */
  readonly foreign: boolean;
}

/** What browsers of all languages leave as it is. */
const ABOUT_CORS = /\bCORS\b|cross-origin|access-control-|same.origin policy/i;
/** Letters that English messages don't have. */
const FOREIGN = /[\u00C0-\u024F\u0370-\u1FFF\u3040-\uD7FF]/;
/** How many are told, how many lines are looked at, and how much of each. */
const MOST = 5;
const MOST_LINES = 500;
const LONGEST_LINE = 2000;
const EXCERPT = 200;

/** What isn't understood: lines that speak of CORS, reasons that aren't known, or the whole text if nothing in it is. */
export function unknownIn(squeezed: Squeezed, messages: readonly Message[]): UnknownText[] {
  const gaps = gapsBetween(squeezed, messages);
  const lines = gaps.flatMap(({ text, before }) => {
    const [rest = '', ...others] = text.split('\n', MOST_LINES).map(tidy);
    // What follows a message that lacks its reason is a reason of an unknown wording.
    const isReason = before?.code === 'reason-missing' && /\p{L}{3,}\P{L}+\p{L}{2,}/u.test(rest);
    return [rest, ...others].filter((line, index) => isAboutCors(line) || (isReason && index === 0));
  });
  if (lines.length > 0 || messages.length > 0) return lines.slice(0, MOST).map((line) => toUnknown([line]));
  const all = squeezed.raw
    .slice(0, LONGEST_LINE * 10)
    .split('\n')
    .map((line) => line.trim());
  const whole = all.join(' ').trim().slice(0, LONGEST_LINE);
  return whole === '' ? [] : [toUnknown([whole, ...all.slice(0, 50)])];
}

/** Without what is left of the message before. */
function tidy(line: string): string {
  return line
    .slice(0, LONGEST_LINE)
    .replace(/^[\s:.,;)\]]+/, '')
    .trim();
}

/** Links to manuals are no messages. */
function isAboutCors(line: string): boolean {
  return ABOUT_CORS.test(line.replaceAll(/\w+:\/\/\S+/g, ''));
}

interface Gap {
  readonly text: string;
  readonly before: Message | undefined;
}

/** The text before, between and behind the messages. */
function gapsBetween({ raw, at }: Squeezed, messages: readonly Message[]): Gap[] {
  const gaps: Gap[] = [];
  let from = 0;
  let before: Message | undefined;
  for (const message of messages) {
    gaps.push({ text: raw.slice(from, at[message.start] ?? raw.length), before });
    from = (at[message.end - 1] ?? 0) + 1;
    before = message;
  }
  gaps.push({ text: raw.slice(from), before });
  return gaps;
}

/** Of several readings of one text the one that comes nearest to something known. */
function toUnknown(readings: readonly string[]): UnknownText {
  const [text = ''] = readings;
  const found = readings.map(nearestMessage).filter((one) => one !== undefined);
  const nearest = found.toSorted((a, b) => b.likeness - a.likeness)[0]?.pattern;
  return {
    text: text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text,
    nearest:
      nearest?.code === undefined ? undefined : { text: nearest.text, code: nearest.code, engine: nearest.engine },
    foreign: FOREIGN.test(text),
  };
}
