import { createHmac, hash, randomBytes } from 'node:crypto';
import { Lru } from '../../cors/lru.ts';
import type { Passed } from './authenticator.ts';

/** Credentials that are remembered; the ones that were used longest ago are forgotten first. */
const MOST = 10_000;

interface Known {
  readonly passed: Passed;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** What they were found to be right by. */
  readonly by: unknown;
}

/**
 * Credentials that were found to be right, so that checking them again costs a look-up. What is kept is a hash: neither a
 * token nor a password stays in memory.
 */
export class KnownCredentials {
  private readonly known: Lru<Known>;

  /** @param size most that are remembered */
  constructor(size = MOST) {
    this.known = new Lru(size);
  }

  /** @param by what they'd be checked against now: found right by something else, they aren't known */
  get(key: string, by?: unknown): Passed | undefined {
    const known = this.known.get(key);
    return known !== undefined && known.by === by && Date.now() < known.until ? known.passed : undefined;
  }

  set(key: string, passed: Passed, { until, by }: { readonly until: number; readonly by?: unknown }): void {
    this.known.set(key, { passed, until, by });
  }
}

/** A key for what nobody can guess, such as a signed token. */
export function digestOf(text: string): string {
  return hash('sha256', text, 'base64url');
}

/** Of this process alone: guessing passwords with a copy of its memory would need this, too. */
const PEPPER = randomBytes(32);

/** A key for what people choose. */
export function keyedDigestOf(text: string): string {
  return createHmac('sha256', PEPPER).update(text).digest('base64url');
}
