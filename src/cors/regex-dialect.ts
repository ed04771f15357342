/**
 * A set of ASCII characters, bit by character code. Origins are ASCII, so that nothing else can occur.
 */
export type CharSet = bigint;

/** A regular expression, understood. */
export type RegexNode =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'sequence'; readonly parts: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly options: readonly RegexNode[] }
  | { readonly kind: 'repeat'; readonly body: RegexNode; readonly min: number; readonly max: number };

/** Why a source isn't in the dialect: what of it, and where. */
export interface RegexSyntaxProblem {
  readonly found: string;
  readonly at: number;
}

const LONGEST = 512;
const MOST_REPEATS = 255;
const ALL: CharSet = (1n << 128n) - 1n;
const DIGITS = range(0x30, 0x39);
const WORD = DIGITS | range(0x41, 0x5a) | range(0x61, 0x7a) | bit(0x5f);

function bit(code: number): CharSet {
  return code < 128 ? 1n << BigInt(code) : 0n;
}

function range(from: number, to: number): CharSet {
  let set = 0n;
  for (let code = from; code <= to && code < 128; code++) set |= bit(code);
  return set;
}

/**
 * Reads a regex in the dialect for origins: characters, `.`, classes, `\d`, `\w`, escaped punctuation, groups, `|`, `?`,
 * `*`, `+`, `{n,m}`; `^` in front and `$` at the end are allowed and add nothing. No look-around and no references:
 * what's left can be analysed to the end.
 */
export function parseRegex(source: string): { node: RegexNode } | { problem: RegexSyntaxProblem } {
  if (source.length > LONGEST) return { problem: { found: `${source.length} characters`, at: LONGEST } };
  const parser = new Parser(source);
  try {
    return { node: parser.parse() };
  } catch (error) {
    if (error instanceof DialectError) return { problem: error.problem };
    throw error;
  }
}

class DialectError extends Error {
  readonly problem: RegexSyntaxProblem;

  constructor(problem: RegexSyntaxProblem) {
    super(problem.found);
    this.problem = problem;
  }
}

class Parser {
  readonly #source: string;
  readonly #end: number;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
    const anchored = source.endsWith('$') && !/(?:^|[^\\])(?:\\\\)*\\\$$/.test(source);
    this.#end = anchored ? source.length - 1 : source.length;
    if (source.startsWith('^')) this.#at = 1;
  }

  parse(): RegexNode {
    const node = this.#choice(0);
    if (this.#at < this.#end) this.#fail();
    return node;
  }

  #fail(length = 1): never {
    throw new DialectError({ found: this.#source.slice(this.#at, this.#at + length) || 'the end', at: this.#at });
  }

  #peek(): string {
    return this.#at < this.#end ? (this.#source[this.#at] ?? '') : '';
  }

  #take(): string {
    const char = this.#peek();
    if (char === '') this.#fail();
    this.#at++;
    return char;
  }

  #choice(depth: number): RegexNode {
    if (depth > 20) this.#fail();
    const options = [this.#sequence(depth)];
    while (this.#peek() === '|') {
      this.#at++;
      options.push(this.#sequence(depth));
    }
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { kind: 'choice', options };
  }

  #sequence(depth: number): RegexNode {
    const parts: RegexNode[] = [];
    for (let char = this.#peek(); char !== '' && char !== '|' && char !== ')'; char = this.#peek()) {
      parts.push(this.#repeat(this.#atom(depth)));
    }
    return { kind: 'sequence', parts };
  }

  #repeat(body: RegexNode): RegexNode {
    const limits = this.#quantifier();
    if (limits === undefined) return body;
    // Lazy or greedy: what matches as a whole is the same.
    if (this.#peek() === '?') this.#at++;
    if (/[?*+{]/.test(this.#peek())) this.#fail();
    return { kind: 'repeat', body, ...limits };
  }

  #quantifier(): { min: number; max: number } | undefined {
    const char = this.#peek();
    if (char === '?' || char === '*' || char === '+') {
      this.#at++;
      return { min: char === '+' ? 1 : 0, max: char === '?' ? 1 : Number.POSITIVE_INFINITY };
    }
    if (char !== '{') return undefined;
    const match = /^\{(\d{1,3})(,(\d{0,3}))?\}/.exec(this.#source.slice(this.#at, this.#end));
    const [text = '', from = '', open, to = ''] = match ?? [];
    const min = Number(from);
    const max = open === undefined ? min : to === '' ? Number.POSITIVE_INFINITY : Number(to);
    if (text === '' || min > max || min > MOST_REPEATS || (max > MOST_REPEATS && to !== '')) this.#fail();
    this.#at += text.length;
    return { min, max };
  }

  #atom(depth: number): RegexNode {
    const char = this.#peek();
    if (char === '(') return this.#group(depth);
    if (char === '[') return { kind: 'set', set: this.#class() };
    if (char === '\\') return { kind: 'set', set: this.#escape() };
    if (/[?*+{}\])^$]/.test(char)) this.#fail();
    this.#at++;
    return { kind: 'set', set: char === '.' ? ALL : this.#literal(char) };
  }

  #literal(char: string): CharSet {
    const code = char.charCodeAt(0);
    if (code >= 0x21 && code < 0x7f) return bit(code);
    this.#at--;
    return this.#fail();
  }

  #group(depth: number): RegexNode {
    const open = this.#source.slice(this.#at, this.#at + 3);
    if (open.startsWith('(?') && open !== '(?:') this.#fail(3);
    this.#at += open === '(?:' ? 3 : 1;
    const node = this.#choice(depth + 1);
    if (this.#peek() !== ')') this.#fail();
    this.#at++;
    return node;
  }

  #escape(): CharSet {
    const next = this.#source[this.#at + 1] ?? '';
    if (next === '' || this.#at + 1 >= this.#end) this.#fail();
    const set =
      next === 'd' ? DIGITS : next === 'w' ? WORD : /[!-/:-@[-`{-~]/.test(next) ? bit(next.charCodeAt(0)) : 0n;
    if (set === 0n) this.#fail(2);
    this.#at += 2;
    return set;
  }

  #class(): CharSet {
    this.#at++;
    const negated = this.#peek() === '^';
    if (negated) this.#at++;
    let set = 0n;
    while (this.#peek() !== ']') {
      const from = this.#member();
      const isRange = this.#peek() === '-' && (this.#source[this.#at + 1] ?? ']') !== ']';
      set |= isRange ? this.#classRange(from) : from.set;
    }
    this.#at++;
    return negated ? ALL & ~set : set;
  }

  #classRange(from: { set: CharSet; code: number | undefined }): CharSet {
    this.#at++;
    const to = this.#member();
    if (from.code === undefined || to.code === undefined || from.code > to.code) this.#fail();
    return range(from.code, to.code);
  }

  #member(): { set: CharSet; code: number | undefined } {
    if (this.#peek() === '\\') {
      const next = this.#source.charCodeAt(this.#at + 1);
      const set = this.#escape();
      return { set, code: set === bit(next) ? next : undefined };
    }
    const char = this.#take();
    return { set: this.#literal(char), code: char.charCodeAt(0) };
  }
}
