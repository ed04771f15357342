import { LENGTHS, NAME_COUNT } from './known-names.ts';

/** Names are guessed word by word: shorter ones have none. */
const WORD = 4;
/** Words of the longest name, and one that ends with it. */
const WORDS_EACH = 10;
/** What stands before a head's first line. */
export const BEFORE_REQUEST = 0;
export const BEFORE_RESPONSE = NAME_COUNT + 1;
/** Behind a line whose name isn't known nothing is guessed: there are too many such names. */
export const AFTER_UNKNOWN = NAME_COUNT + 2;

/** By the id before (or what stands before the first line): which known name came next the last time; 0: none that can be guessed. */
const following = new Uint8Array(NAME_COUNT + 3);
/** By id: the name's bytes as they were spelled the last time, four to a word, the last word ending with the name. */
const spelled = new Int32Array((NAME_COUNT + 1) * WORDS_EACH);

/**
 * The known name that stands at `view[start]` with a colon behind it, if it's the one that followed the line before the
 * last time, spelled in the same way; else 0. A client's (and a server's) heads are much alike from one message to the
 * next: comparing three or four words then takes the place of looking at each byte, hashing and comparing without case.
 * Nothing is taken for granted: all bytes of the name are compared.
 *
 * @param end behind the last byte there is
 */
export function guessName(view: DataView, start: number, end: number, previous: number): number {
  const id = following[previous] as number;
  const last = start + (LENGTHS[id] as number) - WORD;
  if (id === 0 || last + WORD >= end) return 0;
  let word = id * WORDS_EACH;
  for (let pos = start; pos < last; pos += WORD) if (view.getInt32(pos, true) !== spelled[word++]) return 0;
  return view.getInt32(last, true) === spelled[word] && view.getUint8(last + WORD) === COLON ? id : 0;
}

/** A line's name was found to be the one with this id, or none of the known (0): the next guess. */
export function noteName(view: DataView, start: number, id: number, previous: number): void {
  if (previous === AFTER_UNKNOWN) return;
  const length = LENGTHS[id] as number;
  if (length < WORD) {
    following[previous] = 0;
    return;
  }
  following[previous] = id;
  const last = start + length - WORD;
  let word = id * WORDS_EACH;
  for (let pos = start; pos < last; pos += WORD) spelled[word++] = view.getInt32(pos, true);
  spelled[word] = view.getInt32(last, true);
}

const COLON = 58;
