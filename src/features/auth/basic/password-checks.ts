import { scrypt, timingSafeEqual } from 'node:crypto';
import { parsePasswordHash, type PasswordHash } from '../../../protocol/password-hash.ts';

/**
 * Passwords checked at a time. Each takes a thread of a pool that files and names need, too, a tenth of a second and some
 * megabytes: that much a stranger can have us spend, and no more.
 */
const AT_A_TIME = 2;
/** Checks that may wait for their turn. */
const MOST_WAITING = 32;

/** Checks passwords against hashes, a few at a time. */
export class PasswordChecks {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /** Whether it's the password; `busy` if there are too many to be checked already. */
  async check(password: string, hash: string): Promise<boolean | 'busy'> {
    const parsed = parsePasswordHash(hash);
    if (typeof parsed === 'string') return false;
    if (this.running < AT_A_TIME) this.running++;
    else if (this.waiting.length >= MOST_WAITING) return 'busy';
    else await new Promise<void>((go) => this.waiting.push(go));
    try {
      return await isPassword(password, parsed);
    } finally {
      // Whoever waits takes this turn over.
      const next = this.waiting.shift();
      if (next === undefined) this.running--;
      else next();
    }
  }
}

/** RFC 7914. */
function isPassword(password: string, { ln, r, p, salt, hash }: PasswordHash): Promise<boolean> {
  const expected = Buffer.from(hash, 'base64');
  const options = { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r };
  return new Promise((resolve, reject) => {
    scrypt(password, Buffer.from(salt, 'base64'), expected.length, options, (error, derived) => {
      if (error === null) resolve(timingSafeEqual(derived, expected));
      else reject(error);
    });
  });
}
