import type { CharSet, RegexNode } from './regex-dialect.ts';

/** How dangerous it is to run a regex: not at all, super-linear on some input, or too large to tell. */
export type RegexCost = 'linear' | 'super-linear' | 'too-large';

const MOST_POSITIONS = 512;
const MOST_STEPS = 300_000;

/**
 * Whether a backtracking engine can match in time linear in the input. The regex becomes its position automaton
 * (Glushkov); the number of ways through it grows without bound exactly if two different loops p and q can read the same
 * text while one also leads to the other: p→p, p→q and q→q on one word (Weber & Seidl 1991, criterion IDA). Ways that
 * the automaton merges are counted on the side: an edge that two nested repetitions both make, and parts that can be
 * empty in more than one way.
 */
export function regexCost(node: RegexNode): RegexCost {
  const automaton = new Automaton();
  try {
    automaton.build(node);
  } catch (error) {
    if (error instanceof RangeError) return 'too-large';
    throw error;
  }
  if (automaton.ambiguousEmpty) return 'super-linear';
  const loops = loopsOf(automaton.follow);
  if (automaton.doubled.some(([from, to]) => loops[from] !== undefined && loops[from] === loops[to])) {
    return 'super-linear';
  }
  return searchLoops(automaton, loops);
}

interface Fragment {
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly nullable: boolean;
}

const EMPTY: Fragment = { first: [], last: [], nullable: true };

class Automaton {
  readonly sets: CharSet[] = [];
  readonly follow: Set<number>[] = [];
  readonly doubled: (readonly [from: number, to: number])[] = [];
  ambiguousEmpty = false;

  build(node: RegexNode): Fragment {
    switch (node.kind) {
      case 'set':
        return this.#position(node.set);
      case 'sequence':
        return node.parts.reduce((before, part) => this.#join(before, this.build(part)), EMPTY);
      case 'choice':
        return this.#choose(node.options.map((option) => this.build(option)));
      case 'repeat':
        return this.#repeat(node.body, node.min, node.max);
    }
  }

  #position(set: CharSet): Fragment {
    if (this.sets.length >= MOST_POSITIONS) throw new RangeError('too many positions');
    const position = this.sets.push(set) - 1;
    this.follow.push(new Set());
    return { first: [position], last: [position], nullable: false };
  }

  #edges(from: Fragment, to: Fragment): void {
    for (const a of from.last) {
      const follow = this.follow[a];
      for (const b of to.first) {
        if (follow?.has(b) === true) this.doubled.push([a, b]);
        follow?.add(b);
      }
    }
  }

  #join(before: Fragment, after: Fragment): Fragment {
    this.#edges(before, after);
    return {
      first: before.nullable ? [...before.first, ...after.first] : before.first,
      last: after.nullable ? [...before.last, ...after.last] : after.last,
      nullable: before.nullable && after.nullable,
    };
  }

  #choose(options: readonly Fragment[]): Fragment {
    if (options.filter(({ nullable }) => nullable).length > 1) this.ambiguousEmpty = true;
    return {
      first: options.flatMap(({ first }) => first),
      last: options.flatMap(({ last }) => last),
      nullable: options.some(({ nullable }) => nullable),
    };
  }

  /** `x{2,4}` is `xx(x(x)?)?`, as engines run it; `x{2,}` is `xx` with a loop at the second. */
  #repeat(body: RegexNode, min: number, max: number): Fragment {
    if (max === 0) return EMPTY;
    const copies: Fragment[] = [];
    const count = max === Number.POSITIVE_INFINITY ? Math.max(1, min) : max;
    for (let i = 0; i < count; i++) copies.push(this.build(body));
    if (copies[0]?.nullable === true && max > 1) this.ambiguousEmpty = true;
    const last = copies.at(-1);
    if (max === Number.POSITIVE_INFINITY && last !== undefined) this.#edges(last, last);
    return copies.reduceRight((after, copy, index) => {
      const joined = this.#join(copy, after);
      return index >= min ? { ...joined, nullable: true } : joined;
    }, EMPTY);
  }
}

/** For each position the number of its strongly connected component, or `undefined` if it's in no loop. */
function loopsOf(follow: readonly ReadonlySet<number>[]): (number | undefined)[] {
  const reach = follow.map((_, from) => reachable(follow, from));
  return follow.map((_, position) => {
    if (reach[position]?.has(position) !== true) return undefined;
    return follow.findIndex(
      (__, other) => reach[position]?.has(other) === true && reach[other]?.has(position) === true,
    );
  });
}

function reachable(follow: readonly ReadonlySet<number>[], from: number): Set<number> {
  const seen = new Set<number>();
  const queue = [from];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const next of follow[at] ?? []) {
      if (!seen.has(next)) {
        seen.add(next);
        queue.push(next);
      }
    }
  }
  return seen;
}

function searchLoops(automaton: Automaton, loops: readonly (number | undefined)[]): RegexCost {
  const looping = loops.flatMap((loop, position) => (loop === undefined ? [] : [position]));
  const budget = { steps: MOST_STEPS };
  for (const p of looping) {
    for (const q of looping) {
      if (p !== q && canReadTogether(automaton, [p, q], budget)) return 'super-linear';
      if (budget.steps <= 0) return 'too-large';
    }
  }
  return 'linear';
}

/** Whether a word leads from (p, p, q) to (p, q, q), each component along its own edges. */
function canReadTogether(automaton: Automaton, [p, q]: readonly [number, number], budget: { steps: number }): boolean {
  const { sets, follow } = automaton;
  const size = sets.length;
  const key = (a: number, b: number, c: number): number => (a * size + b) * size + c;
  const goal = key(p, q, q);
  const seen = new Set<number>();
  const queue: (readonly [number, number, number])[] = [[p, p, q]];
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    const [a, b, c] = state;
    for (const a2 of follow[a] ?? []) {
      for (const b2 of follow[b] ?? []) {
        const both = (sets[a2] ?? 0n) & (sets[b2] ?? 0n);
        if (both === 0n) continue;
        for (const c2 of follow[c] ?? []) {
          if (--budget.steps <= 0) return false;
          if ((both & (sets[c2] ?? 0n)) === 0n) continue;
          const next = key(a2, b2, c2);
          if (next === goal) return true;
          if (seen.has(next)) continue;
          seen.add(next);
          queue.push([a2, b2, c2]);
        }
      }
    }
  }
  return false;
}
