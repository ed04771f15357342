import type { StackName } from './names.ts';

/** The policy that would let the page in, with the user's own names in it. */
export interface Wish {
  /** As serialised: `https://app.example.com`. */
  readonly origin: string;
  /** For `Access-Control-Allow-Methods`; at least one. */
  readonly methods: readonly string[];
  /** For `Access-Control-Allow-Headers`, in lower case; may be empty. */
  readonly headers: readonly string[];
  /** For `Access-Control-Expose-Headers`; may be empty. */
  readonly expose: readonly string[];
  readonly credentials: boolean;
  /** Seconds. */
  readonly maxAge: number;
  /** Where pages ask: `https://api.example.com`. */
  readonly target: string;
  /** The path prefix that the policy is for, with slashes at both ends: `/api/`, or `/`. */
  readonly prefix: string;
}

/** A piece of configuration or code to put in. */
export interface FixFile {
  /** The file, or the place in it. */
  readonly name: string;
  /** For syntax colours: `nginx`, `yaml`, `js`. */
  readonly language: string;
  readonly text: string;
}

/** What a stack says to a wish. */
export interface Snippet {
  readonly files: readonly FixFile[];
  /** What this layer can't say, and its traps. */
  readonly warnings: readonly string[];
}

/** A layer that can hold a policy. */
export interface Stack {
  readonly name: StackName;
  readonly title: string;
  write(wish: Wish): Snippet;
}

/** Lines as a text file. */
export function lines(...parts: readonly (string | false | undefined)[]): string {
  return `${parts.filter((part) => typeof part === 'string').join('\n')}\n`;
}

/** `a, b`. */
export function list(items: readonly string[]): string {
  return items.join(', ');
}

/** A text in single quotes for JavaScript and Python. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** `['a', 'b']` for JavaScript, Python and YAML. */
export function quotedList(items: readonly string[]): string {
  return `[${items.map(quoted).join(', ')}]`;
}
