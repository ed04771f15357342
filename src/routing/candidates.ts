import type { HeaderLookup, RouteMatch } from './pattern.ts';

/** A value that a header condition takes for any: a preflight names headers without their values. No real value holds NUL. */
export const anyValue = '\0';

interface HeaderCondition {
  readonly name: string;
  readonly value: string | true;
}

/** One route at one place of the path tree. */
export interface Candidate<T> {
  /** Handed back as it is if the route has no parameters. */
  readonly match: RouteMatch<T>;
  readonly conditions: readonly HeaderCondition[];
  /** Segment numbers and names of the parameters; undefined if there's nothing to capture. */
  readonly captures: Captures | undefined;
}

/** What to take out of a matched path. */
export interface Captures {
  readonly params: readonly (readonly [segment: number, name: string])[];
  /** The segment where `*` begins, -1 if it isn't wanted. */
  readonly rest: number;
}

/** The routes of one path, by method, the pickier first. */
export class Candidates<T> {
  private byMethod: Map<string, Candidate<T>[]> | undefined = undefined;
  private readonly anyMethod: Candidate<T>[] = [];
  /**
   * The one that matches whatever is asked. With thousands of routes each request finds its own in cold memory: what
   * counts then is how many places have to be looked at.
   */
  private only: Candidate<T> | undefined = undefined;

  /** Adds a route; `methods` empty: for any. */
  add(candidate: Candidate<T>, methods: readonly string[]): void {
    if (methods.length === 0) insert(this.anyMethod, candidate);
    for (const method of new Set(methods)) {
      this.byMethod ??= new Map();
      const list = this.byMethod.get(method);
      if (list === undefined) this.byMethod.set(method, [candidate]);
      else insert(list, candidate);
    }
    const [first] = this.anyMethod;
    this.only = this.byMethod === undefined && first?.conditions.length === 0 ? first : undefined;
  }

  /** The most specific route for this method and these headers. A route for GET also serves HEAD. */
  pick(method: string, headers: HeaderLookup): Candidate<T> | undefined {
    if (this.only !== undefined) return this.only;
    const { byMethod } = this;
    if (byMethod !== undefined) {
      const listed = first(byMethod.get(method), headers);
      if (listed !== undefined) return listed;
      if (method === 'HEAD') {
        const get = first(byMethod.get('GET'), headers);
        if (get !== undefined) return get;
      }
    }
    return first(this.anyMethod, headers);
  }

  /** Adds the methods listed here. */
  collectMethods(into: Set<string>): void {
    for (const method of this.byMethod?.keys() ?? []) {
      into.add(method);
      if (method === 'GET') into.add('HEAD');
    }
  }
}

/** Keeps the list sorted: more conditions first, else in the order of the file. */
function insert<T>(list: Candidate<T>[], candidate: Candidate<T>): void {
  const index = list.findIndex((other) => other.conditions.length < candidate.conditions.length);
  list.splice(index === -1 ? list.length : index, 0, candidate);
}

function first<T>(list: readonly Candidate<T>[] | undefined, headers: HeaderLookup): Candidate<T> | undefined {
  if (list === undefined) return undefined;
  for (const candidate of list) if (holds(candidate, headers)) return candidate;
  return undefined;
}

function holds<T>(candidate: Candidate<T>, headers: HeaderLookup): boolean {
  for (const { name, value } of candidate.conditions) {
    const actual = headers.get(name);
    if (actual === undefined) return false;
    if (value !== true && actual !== value && actual !== anyValue) return false;
  }
  return true;
}
