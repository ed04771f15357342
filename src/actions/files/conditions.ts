import type { HeaderList } from '../../wire/header-list.ts';
import { H } from '../../wire/known-names.ts';
import { parseHttpDate } from './http-date.ts';

/** What tells one state of a representation from another (RFC 9110 §8.8). */
export interface Validators {
  readonly etag: string;
  /** Whole seconds in milliseconds, never ahead of the Date we send. */
  readonly lastModified: number;
  /** Whether `lastModified` can't hide a second change (RFC 9110 §8.8.2.2). */
  readonly strongDate: boolean;
}

/** What the preconditions of a GET or HEAD come to. */
export type ConditionOutcome = 'proceed' | 'not-modified' | 'precondition-failed';

const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

/** Evaluates the preconditions in the order of RFC 9110 §13.2.2 (its steps 1 to 4; step 5 is `rangeApplies`). */
export function evaluateConditions(headers: HeaderList, validators: Validators): ConditionOutcome {
  if (headers.hasId(H['if-match'])) {
    if (!listMatches(headers.getCombined('if-match') ?? '', validators.etag, true)) return 'precondition-failed';
  } else {
    const since = dateOf(headers, H['if-unmodified-since']);
    if (since !== undefined && validators.lastModified > since) return 'precondition-failed';
  }
  if (headers.hasId(H['if-none-match'])) {
    const matches = listMatches(headers.getCombined('if-none-match') ?? '', validators.etag, false);
    return matches ? 'not-modified' : 'proceed';
  }
  const since = dateOf(headers, H['if-modified-since']);
  return since !== undefined && validators.lastModified <= since ? 'not-modified' : 'proceed';
}

/** Whether a Range still fits: there's no If-Range, or it names this very state (RFC 9110 §13.1.5). */
export function rangeApplies(headers: HeaderList, validators: Validators): boolean {
  const value = headers.getById(H['if-range']);
  if (value === undefined) return true;
  if (value.endsWith('"')) return value === validators.etag && !isWeak(value);
  return validators.strongDate && parseHttpDate(value) === validators.lastModified;
}

function dateOf(headers: HeaderList, id: number): number | undefined {
  const value = headers.getById(id);
  return value === undefined ? undefined : parseHttpDate(value);
}

/** RFC 9110 §8.8.3.2: strong comparison wants both tags strong, weak comparison only equal opaque tags. */
function listMatches(list: string, etag: string, strong: boolean): boolean {
  if (list.trim() === '*') return true;
  for (const candidate of list.match(ENTITY_TAG) ?? []) {
    if (strong ? candidate === etag && !isWeak(etag) : opaque(candidate) === opaque(etag)) return true;
  }
  return false;
}

function isWeak(etag: string): boolean {
  return etag.startsWith('W/');
}

function opaque(etag: string): string {
  return isWeak(etag) ? etag.slice(2) : etag;
}
