/** A password's hash, taken apart: scrypt (RFC 7914) in the form of PHC strings. */
export interface PasswordHash {
  /** log₂ of N, what it costs. */
  readonly ln: number;
  /** Size of a block. */
  readonly r: number;
  /** How often, one after the other. */
  readonly p: number;
  /** Base64 without padding. */
  readonly salt: string;
  /** Base64 without padding. */
  readonly hash: string;
}

/** Why a text isn't a hash that a login could be checked against: not one at all, or one that costs too much or too little. */
export type PasswordHashProblem = 'form' | 'cost';

/** Less is guessed too quickly; the smallest that OWASP's password storage sheet has. */
const CHEAPEST = 2 ** 13 * 8;
/** 128 · N · r bytes are needed: more would let a few logins take a machine's memory. */
const DEAREST = 2 ** 18 * 8;
const MOST_TURNS = 16;

const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{22,86})\$([A-Za-z0-9+/]{43,86})$/;

/** `$scrypt$ln=15,r=8,p=3$salt$hash`, or why that isn't one. */
export function parsePasswordHash(text: string): PasswordHash | PasswordHashProblem {
  const match = FORM.exec(text);
  if (match === null) return 'form';
  const [ln, r, p] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const cost = 2 ** ln * r;
  if (cost < CHEAPEST || cost > DEAREST || p < 1 || p > MOST_TURNS) return 'cost';
  return { ln, r, p, salt: match[4] ?? '', hash: match[5] ?? '' };
}

/** As `parsePasswordHash` reads it. */
export function formatPasswordHash({ ln, r, p, salt, hash }: PasswordHash): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$${salt}$${hash}`;
}
