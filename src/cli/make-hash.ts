import { hash, randomBytes, scrypt } from 'node:crypto';
import { formatPasswordHash } from '../protocol/password-hash.ts';

/** Bytes of chance in a key: nobody can go through so many, whatever the hash costs. */
const KEY_BYTES = 32;
/** What OWASP's password storage sheet asks for at least: 32 MiB, three times over. */
const COST = { ln: 15, r: 8, p: 3 };

/** A new API key. @param prefix what it begins with, so that people and secret scanners know it */
export function makeKey(prefix: string): string {
  return `${prefix}_${randomBytes(KEY_BYTES).toString('base64url')}`;
}

/** What a config says of an API key. */
export function hashKey(key: string): string {
  return `sha256:${hash('sha256', key, 'hex')}`;
}

/** What a config says of a password. */
export function hashPassword(password: string): Promise<string> {
  const { ln, r, p } = COST;
  const salt = randomBytes(16);
  return new Promise((resolve, reject) => {
    scrypt(password, salt, 32, { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r }, (error, derived) => {
      if (error === null) resolve(formatPasswordHash({ ...COST, salt: unpadded(salt), hash: unpadded(derived) }));
      else reject(error);
    });
  });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
