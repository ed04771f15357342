/** Folders in which build tools put nothing but files that never change: Next.js, SvelteKit, Astro. */
const IMMUTABLE_FOLDERS = [['_next', 'static'], ['_app', 'immutable'], ['_astro']];

/** What may follow the hash: `.js`, `.chunk.js`, `.min.css`, `.js.map`, `.LICENSE.txt`. */
const TAIL = /(?:\.(?:chunk|min|module|worker))?(?:\.js\.LICENSE)?\.[a-z][a-z0-9]{0,10}(?:\.map)?$/;

/** webpack, Rspack, Next.js, Parcel, Angular: hexadecimal after a dot, a hyphen or nothing. */
const HEX = /(?:^|[-._~])([0-9a-f]{8,64})$/;
const HEX_LENGTHS = new Set([8, 10, 12, 16, 20, 32, 40, 64]);
/** Vite, Rollup, Rolldown: eight characters of base64url; esbuild: eight of upper-case base32. */
const BASE64 = /[-.]([A-Za-z0-9_-]{8})$/;
/** Nuxt: the hash is the name. */
const BASE64_ALONE = /^([A-Za-z0-9_-]{8})$/;

/** Words, camelCase of up to three pieces, acronyms: `userList`, `iOS`, `XMLParse`, `OAuthApi`, `GraphQLs`. */
const CAMEL =
  /^(?:[A-Z]*|[a-z]{0,2}[A-Z]{2,}[a-z]*(?:[A-Z][a-z]+)?|[A-Z]?[a-z]+(?:[A-Z][a-z]+){0,2}(?:[A-Z]+[a-z]?)?)$/;
/** Beside a single digit: an acronym, or words of three letters or more. */
const PLAIN = /^(?:[A-Z]{0,4}|[A-Za-z]?[A-Z]?[a-z]{2,}(?:[A-Z][a-z]{2,})*)$/;
/** How a word begins that can be spoken. */
const ONSET =
  /^(?:[bcdfghj-np-tv-z]|[bcfgkps]l|[bcdfgkpt]r|[cgpstw]h|[kg]n|[dst]w|s[ckmnpqt]|sch|s[cpt]r|spl|shr|thr|chr|wr|ts|ps)?[aeiouy]/i;
/** What no word has inside. */
const UNSPEAKABLE = /q(?!u)|[jv][^aeiouy]|[^aeiouydn]j|[^aeiouyn][xqz]|[bcdfghj-np-tv-z]{4}/i;

/**
 * Whether a file's name holds a hash of its content, so that what is at its URL never changes. Errs on one side only: a
 * hash that looks like a word is asked for again each time, while a word taken for a hash would be stale for a year.
 */
export function isContentHashed(segments: readonly string[]): boolean {
  const name = segments.at(-1) ?? '';
  if (IMMUTABLE_FOLDERS.some((folder) => isBelow(segments, folder))) return true;
  const tail = TAIL.exec(name);
  if (tail === null) return false;
  const stem = name.slice(0, tail.index);
  if (isHexHash(HEX.exec(stem)?.[1])) return true;
  const token = BASE64.exec(stem)?.[1] ?? (segments.includes('_nuxt') ? BASE64_ALONE.exec(stem)?.[1] : undefined);
  return token !== undefined && /[A-Z]/.test(token) && !isReadable(token);
}

/** Both digits and letters: `20240131` is a date and `defaced` a word. */
function isHexHash(token: string | undefined): boolean {
  return token !== undefined && HEX_LENGTHS.has(token.length) && /\d/.test(token) && /[a-f]/.test(token);
}

/** Whether a person may have written it: words, with one number at most (`IMG_1234`, `Light-2x`, `S3Bucket`). */
function isReadable(token: string): boolean {
  return token.split(/[-_]/).every((part) => {
    if (/^\d+[a-z]?$/.test(part)) return true;
    const pieces = part.split(/\d+/);
    if (pieces.length > 2 || !pieces.every(isSpeakable)) return false;
    if (pieces.length === 1 || /\d\d/.test(part)) return pieces.every((piece) => CAMEL.test(piece));
    return pieces.every((piece) => PLAIN.test(piece)) && /[a-z]{3}/.test(part);
  });
}

/** Short pieces and those without a vowel pass for abbreviations. */
function isSpeakable(letters: string): boolean {
  const humps = letters.match(/[A-Z]?[a-z]+/g) ?? [];
  return humps.every(
    (hump) => hump.length < 3 || !/[aeiouy]/i.test(hump) || (ONSET.test(hump) && !UNSPEAKABLE.test(hump)),
  );
}

function isBelow(segments: readonly string[], folder: readonly string[]): boolean {
  const folders = segments.slice(0, -1);
  return folders.some((_, start) => folder.every((name, index) => folders[start + index] === name));
}
