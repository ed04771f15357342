import type { AlikeNames } from './alike-names.ts';
import { equalsIgnoringCase, highBit, idOfName, lowBit, sliceOrSame, type NameSet } from './known-names.ts';

/** One header line that we add. Immutable, so that a line which is the same for many exchanges is made once. */
export class Field {
  readonly name: string;
  /** One char a byte, as on the wire. */
  readonly value: string;
  readonly id: number;
  /** `name: value\r\n` */
  readonly line: string;

  /** @throws TypeError if name or value could break out of the line: a bug of ours or of a plug-in, never bad input. */
  constructor(name: string, value: string) {
    if (!TOKEN.test(name)) throw new TypeError(`not a header name: ${JSON.stringify(name)}`);
    if (!VALUE.test(value)) throw new TypeError(`not a header value: ${JSON.stringify(value)}`);
    this.name = name;
    this.value = value;
    this.id = idOfName(name.toLowerCase());
    this.line = `${name}: ${value}\r\n`;
  }
}

/** Lines that are added together, and again and again: made once, they're written as one text. */
export class FieldBlock {
  readonly fields: readonly Field[];
  readonly text: string;
  /** The bits of the names; see `HeaderList`. */
  readonly low: number;
  readonly high: number;

  constructor(fields: readonly Field[]) {
    this.fields = fields;
    // Joined and not added: one flat string.
    this.text = fields.map(({ line }) => line).join('');
    let low = 0;
    let high = 0;
    for (const { id } of fields) {
      low |= lowBit(id);
      high |= highBit(id);
    }
    this.low = low;
    this.high = high;
  }
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// RFC 9110 §5.5: visible ASCII, obs-text, and space or tab inside.
const VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

const STRIDE = 5;
const LINE_START = 0;
const NAME_END = 1;
const VALUE_START = 2;
const VALUE_END = 3;
const ID = 4;
const DROPPED = -1;

/**
 * The header lines of one message in wire order and case: a block of text as it came (with offsets into it), less the
 * lines dropped since, plus fields appended. Serialising copies each run of untouched lines as one slice.
 *
 * Names passed to methods are lower case. Values are one char a byte.
 */
export class HeaderList {
  private text = '';
  private blockEnd = 0;
  private readonly at: number[] = [];
  private lines = 0;
  private droppedLines = 0;
  /** Lines that go before `added`, until somebody asks about single ones. */
  private block: FieldBlock | undefined = undefined;
  private added: Field[] = [];
  /**
   * A bit for each known name that a line has or had, ids below 32 and the others, which share bits. Most questions are
   * about names that aren't there, and are answered by this.
   */
  private low = 0;
  private high = 0;

  /** From `[name, value]` pairs, in their order. */
  static of(...pairs: readonly (readonly [string, string])[]): HeaderList {
    const list = new HeaderList();
    for (const [name, value] of pairs) list.append(name, value);
    return list;
  }

  /** Empties the list and begins a block. For the scanners of `wire/`. */
  beginBlock(): void {
    this.text = '';
    this.lines = 0;
    this.blockEnd = 0;
    this.droppedLines = 0;
    this.low = 0;
    this.high = 0;
    this.block = undefined;
    if (this.added.length > 0) this.added = [];
  }

  /**
   * Adds a scanned line of the block whose name has this id; `lineEnd` is behind its CRLF. The places are those in the
   * text that `endBlock` will give.
   */
  addLine(id: number, lineStart: number, nameEnd: number, valueStart: number, valueEnd: number, lineEnd: number): void {
    const base = this.lines++ * STRIDE;
    const at = this.at;
    at[base] = lineStart;
    at[base + NAME_END] = nameEnd;
    at[base + VALUE_START] = valueStart;
    at[base + VALUE_END] = valueEnd;
    at[base + ID] = id;
    this.blockEnd = lineEnd;
    this.noteName(id);
  }

  private noteName(id: number): void {
    this.low |= lowBit(id);
    this.high |= highBit(id);
  }

  private mayHave(id: number): boolean {
    const high = highBit(id);
    // Names without a bit are looked for.
    return (this.low & lowBit(id)) !== 0 || (high === 0 ? id >= 32 : (this.high & high) !== 0);
  }

  /** The block is complete: `text` holds its bytes, one char each. */
  endBlock(text: string): void {
    this.text = text;
  }

  /** How many lines there are. */
  get size(): number {
    return this.lines - this.droppedLines + this.single().length;
  }

  /** The first value of a name, or undefined. */
  get(name: string): string | undefined {
    const id = idOfName(name);
    if (id > 0) return this.getById(id);
    const at = this.at;
    for (let base = 0, end = this.lines * STRIDE; base < end; base += STRIDE) {
      if (this.lineHasName(base, name)) return this.text.slice(at[base + VALUE_START], at[base + VALUE_END]);
    }
    for (const field of this.single()) if (hasName(field, name)) return field.value;
    return undefined;
  }

  /**
   * As `get`, by the id of a known name: the hot path's way.
   * @param known what the value is likely to be; see `sliceOrSame`
   */
  getById(id: number, known = ''): string | undefined {
    if (!this.mayHave(id)) return undefined;
    const at = this.at;
    for (let base = 0, end = this.lines * STRIDE; base < end; base += STRIDE) {
      if (at[base + ID] !== id) continue;
      return sliceOrSame(this.text, at[base + VALUE_START] as number, at[base + VALUE_END] as number, known);
    }
    const added = this.single();
    for (let i = 0; i < added.length; i++) {
      const field = added[i] as Field;
      if (field.id === id) return field.value;
    }
    return undefined;
  }

  /** Every value of a name, in order. */
  getAll(name: string): string[] {
    const values: string[] = [];
    this.forEach((fieldName, value) => {
      if (fieldName.length === name.length && equalsIgnoringCase(fieldName, 0, name)) values.push(value);
    });
    return values;
  }

  /** All values of a name as one list value (RFC 9110 §5.3), or undefined if there is none. */
  getCombined(name: string): string | undefined {
    const id = idOfName(name);
    if (id > 0 && this.countId(id) < 2) return this.getById(id);
    const values = this.getAll(name);
    return values.length === 0 ? undefined : values.length === 1 ? values[0] : values.join(', ');
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  hasId(id: number): boolean {
    if (!this.mayHave(id)) return false;
    const at = this.at;
    for (let base = 0, end = this.lines * STRIDE; base < end; base += STRIDE) if (at[base + ID] === id) return true;
    const added = this.single();
    for (let i = 0; i < added.length; i++) if ((added[i] as Field).id === id) return true;
    return false;
  }

  /** How many lines have this known name. */
  countId(id: number): number {
    if (!this.mayHave(id)) return 0;
    const at = this.at;
    let count = 0;
    for (let base = 0, end = this.lines * STRIDE; base < end; base += STRIDE) if (at[base + ID] === id) count++;
    const added = this.single();
    for (let i = 0; i < added.length; i++) if ((added[i] as Field).id === id) count++;
    return count;
  }

  /** Adds a line at the end. @throws TypeError see `Field` */
  append(name: string, value: string): void {
    this.appendField(new Field(name, value));
  }

  /** Adds a line made beforehand at the end. */
  appendField(field: Field): void {
    this.added.push(field);
    this.noteName(field.id);
  }

  /** Adds lines made beforehand at the end. */
  appendBlock(block: FieldBlock): void {
    if (this.block === undefined && this.added.length === 0) this.block = block;
    else this.added = [...this.single(), ...block.fields];
    this.low |= block.low;
    this.high |= block.high;
  }

  /** Replaces every line of that name by one at the end. @throws TypeError see `Field` */
  set(name: string, value: string): void {
    this.remove(name.toLowerCase());
    this.append(name, value);
  }

  /** Removes every line of that name. */
  remove(name: string): void {
    const id = idOfName(name);
    if (id > 0) return this.removeId(id);
    for (let base = 0, end = this.lines * STRIDE; base < end; base += STRIDE) {
      if (this.lineHasName(base, name)) this.drop(base);
    }
    this.removeAdded((field) => hasName(field, name));
  }

  /** Removes the lines of that name that came with the message; what was added since stays. */
  removeReceived(name: string): void {
    const id = idOfName(name);
    for (let base = 0, end = this.lines * STRIDE; base < end; base += STRIDE) {
      if (id > 0 ? this.at[base + ID] === id : this.lineHasName(base, name)) this.drop(base);
    }
  }

  /** Removes every line whose name may be read as one of these. */
  removeAlike(names: AlikeNames): void {
    const at = this.at;
    for (let base = 0, end = this.lines * STRIDE; base < end; base += STRIDE) {
      const id = at[base + ID] as number;
      if (id !== DROPPED && names.has(id, this.text, at[base] as number, at[base + NAME_END] as number))
        this.drop(base);
    }
    this.removeAdded(({ id, name }) => names.has(id, name, 0, name.length));
  }

  /** As `remove`, by the id of a known name. */
  removeId(id: number): void {
    if (!this.mayHave(id)) return;
    const at = this.at;
    for (let base = 0, end = this.lines * STRIDE; base < end; base += STRIDE) {
      if (at[base + ID] === id) this.drop(base);
    }
    if (this.single().length > 0) this.removeAdded((field) => field.id === id);
  }

  /** Removes every line whose name is in `names`. One pass, for the hot path. */
  removeNames(names: NameSet): void {
    if (((this.low & names.low) | (this.high & names.high)) === 0) return;
    const at = this.at;
    const { marks } = names;
    for (let base = 0, end = this.lines * STRIDE; base < end; base += STRIDE) {
      const id = at[base + ID] as number;
      if (id > 0 && marks[id] === 1) this.drop(base);
    }
    if (this.single().length > 0) this.removeAdded((field) => marks[field.id] === 1);
  }

  /** Calls `visit` with every line's name (as written) and value, in wire order. */
  forEach(visit: (name: string, value: string) => void): void {
    const at = this.at;
    for (let base = 0, end = this.lines * STRIDE; base < end; base += STRIDE) {
      if (at[base + ID] === DROPPED) continue;
      visit(
        this.text.slice(at[base + LINE_START], at[base + NAME_END]),
        this.text.slice(at[base + VALUE_START], at[base + VALUE_END]),
      );
    }
    for (const field of this.single()) visit(field.name, field.value);
  }

  /** Every line as `[name, value]`. */
  pairs(): [string, string][] {
    const pairs: [string, string][] = [];
    this.forEach((name, value) => pairs.push([name, value]));
    return pairs;
  }

  /** The lines as they go onto the wire, each with its CRLF, without the empty line that ends a head. */
  serialize(): string {
    const at = this.at;
    let out = '';
    if (this.droppedLines === 0) {
      if (this.lines > 0) out = this.text.slice(at[0], this.blockEnd);
    } else {
      let runStart = -1;
      const end = this.lines * STRIDE;
      for (let base = 0; base < end; base += STRIDE) {
        if (at[base + ID] === DROPPED) {
          if (runStart >= 0) out += this.text.slice(runStart, at[base]);
          runStart = -1;
        } else if (runStart < 0) {
          runStart = at[base] as number;
        }
      }
      if (runStart >= 0) out += this.text.slice(runStart, this.blockEnd);
    }
    if (this.block !== undefined) out += this.block.text;
    for (let i = 0; i < this.added.length; i++) out += (this.added[i] as Field).line;
    return out;
  }

  private lineHasName(base: number, name: string): boolean {
    const at = this.at;
    const start = at[base] as number;
    return (
      at[base + ID] === 0 &&
      (at[base + NAME_END] as number) - start === name.length &&
      equalsIgnoringCase(this.text, start, name)
    );
  }

  private drop(base: number): void {
    if (this.at[base + ID] === DROPPED) return;
    this.at[base + ID] = DROPPED;
    this.droppedLines++;
  }

  /** The fields that were added, one by one. */
  private single(): Field[] {
    if (this.block !== undefined) {
      this.added = [...this.block.fields, ...this.added];
      this.block = undefined;
    }
    return this.added;
  }

  private removeAdded(matches: (field: Field) => boolean): void {
    const added = this.single();
    if (added.some(matches)) this.added = added.filter((field) => !matches(field));
  }
}

function hasName(field: Field, name: string): boolean {
  return field.name.length === name.length && equalsIgnoringCase(field.name, 0, name);
}
