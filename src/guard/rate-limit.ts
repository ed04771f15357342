import { parseIpv6 } from '../protocol/ip-address.ts';
import type { GuardRateLimit } from './model.ts';

/** How finely a window is divided: what was counted is forgotten at most this part of the window late. */
const SLOTS = 32;

/** Clients that are counted at a time; beyond, those that asked longest ago are forgotten. */
const MAX_KEYS = 10_000;

/** What a limit says to one request. */
export interface RateVerdict {
  readonly allowed: boolean;
  /** Requests that would be allowed right after this one. */
  readonly remaining: number;
  /** Seconds until the next one can be allowed, whole and at least 1; 0 if this one is. */
  readonly retryAfter: number;
}

/**
 * Counts requests by key in a sliding window: in no window of `per` milliseconds are there more than `requests`. Its memory
 * is bounded: so many counters a key, and so many keys.
 */
export class GuardLimiter {
  private readonly limit: GuardRateLimit;
  private readonly slot: number;
  private readonly maxKeys: number;
  /** In the order in which they asked last. */
  private readonly windows = new Map<string, Window>();

  constructor(limit: GuardRateLimit, maxKeys = MAX_KEYS) {
    this.limit = limit;
    this.slot = limit.per / SLOTS;
    this.maxKeys = maxKeys;
  }

  /**
   * Counts a request, unless it's one too many: those don't count, so that who keeps asking gets through in the end.
   *
   * @param key whose request, see `limiterKey`
   * @param now milliseconds on a clock that never goes back
   */
  take(key: string, now: number): RateVerdict {
    const { requests } = this.limit;
    const at = Math.floor(now / this.slot);
    const window = this.windows.get(key) ?? new Window();
    window.forgetBefore(at - SLOTS);
    this.windows.delete(key);
    this.windows.set(key, window);
    if (this.windows.size > this.maxKeys) this.forgetOldest();
    if (window.total < requests) {
      window.add(at);
      return { allowed: true, remaining: requests - window.total, retryAfter: 0 };
    }
    const free = (window.oldest(at) + SLOTS + 1) * this.slot;
    return { allowed: false, remaining: 0, retryAfter: Math.max(1, Math.ceil((free - now) / 1000)) };
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.windows.size;
  }

  private forgetOldest(): void {
    for (const key of this.windows.keys()) {
      this.windows.delete(key);
      return;
    }
  }
}

/** Where a slot is counted. A clock that has just begun has slots before 0. */
function indexOf(slot: number): number {
  return ((slot % (SLOTS + 1)) + SLOTS + 1) % (SLOTS + 1);
}

/** Counts of the slots that a window of any position may reach into: one more than it's long. */
class Window {
  total = 0;
  private readonly counts = new Uint32Array(SLOTS + 1);
  /** The last slot that was looked at. */
  private head = Number.NaN;

  /** Forgets what was counted in slots before `first`. */
  forgetBefore(first: number): void {
    const next = first + SLOTS;
    if (Number.isNaN(this.head)) this.head = next;
    for (let slot = Math.max(this.head + 1, first); slot <= next; slot++) {
      const index = indexOf(slot);
      this.total -= this.counts[index] ?? 0;
      this.counts[index] = 0;
    }
    this.head = Math.max(this.head, next);
  }

  add(slot: number): void {
    const index = indexOf(slot);
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.total++;
  }

  /** The first slot that holds a count. */
  oldest(last: number): number {
    for (let slot = last - SLOTS; slot < last; slot++) if (this.counts[indexOf(slot)] !== 0) return slot;
    return last;
  }
}

/**
 * Whose request it is, for a limit: of pages of one origin, or of a client, where a /64 of IPv6 is one: so much the least
 * customer has. Origins that nobody listed aren't counted for themselves: whoever isn't a browser could name a new one with
 * each request.
 */
export function limiterKey(
  { byOrigin }: GuardRateLimit,
  { client, origin }: { readonly client: string; readonly origin: string | undefined },
): string {
  if (origin !== undefined && byOrigin?.(origin) === true) return origin;
  const plain = client.startsWith('::ffff:') ? client.slice('::ffff:'.length) : client;
  return parseIpv6(plain)?.slice(0, 4).join(':') ?? plain;
}
