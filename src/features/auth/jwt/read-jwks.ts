import { createPublicKey } from 'node:crypto';
import type { JwkModel } from '../../../config/model.ts';

/** A set with more keys isn't one issuer's. */
const MOST_KEYS = 100;
/** RFC 7518 §3.3. */
const SHORTEST_RSA = 2048;

/**
 * The keys of a JWK Set (RFC 7517 §5) that can verify a signature, or why there are none. The others are passed over: keys
 * for encryption, of other kinds, too short; and secrets, which have no business there.
 */
export function readJwks(text: string): readonly JwkModel[] | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  const keys = isRecord(value) ? value['keys'] : undefined;
  if (!Array.isArray(keys)) return 'it is not a JWK Set: it has no list `keys`';
  if (keys.length > MOST_KEYS) return `it has more than ${MOST_KEYS} keys`;
  const usable = keys.filter(isRecord).filter(isVerifier);
  return usable.length === 0 ? 'it has no key that could verify a signature' : usable;
}

function isVerifier(key: JwkModel): boolean {
  if (key['use'] !== undefined && key['use'] !== 'sig') return false;
  if (key['kty'] === 'oct' || Object.hasOwn(key, 'd') || Object.hasOwn(key, 'k')) return false;
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey({ key, format: 'jwk' });
    return asymmetricKeyType !== 'rsa' || (asymmetricKeyDetails?.modulusLength ?? 0) >= SHORTEST_RSA;
  } catch {
    return false;
  }
}

function isRecord(value: unknown): value is JwkModel {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
