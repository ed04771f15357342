import { idOfName, LENGTHS } from './known-names.ts';

/** Longer names are in no set. */
const LONGEST = 256;

/**
 * Header names as servers behind us may read them. CGI and its heirs (WSGI, Rack, PHP) make one variable of `X-User`,
 * `x-user` and `X_User`, so whoever takes away what a client says under one of them must take all of them away.
 */
export class AlikeNames {
  /** In lower case, with hyphens. */
  readonly names: ReadonlySet<string>;
  /** Indexed by the ids of known names: 1 if it's one of them. */
  private readonly marks: Uint8Array;
  /** Indexed by length: 1 if a name has it. Most names are told by that. */
  private readonly lengths = new Uint8Array(LONGEST);

  constructor(names: Iterable<string>) {
    this.names = new Set([...names].map(alike));
    this.marks = Uint8Array.from(LENGTHS, () => 0);
    for (const name of this.names) {
      this.marks[idOfName(name)] = 1;
      this.lengths[name.length] = 1;
    }
    // 0 is the id of all others.
    this.marks[0] = 0;
  }

  /** Whether the name at `text[start, end)`, whose id is `id`, may be read as one of them. */
  has(id: number, text: string, start: number, end: number): boolean {
    if (id > 0) return this.marks[id] === 1;
    return this.lengths[end - start] === 1 && this.names.has(alike(text.slice(start, end)));
  }
}

function alike(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z\d]/g, '-');
}
