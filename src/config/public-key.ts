import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { PublicKeyFacts } from './machine.ts';

/** RFC 7518 §3.3: shorter ones can be broken. */
const SHORTEST_RSA = 2048;

const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const BY_CURVE: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

/** What a public key in PEM (a certificate has one, too) or as JSON is. */
export function readPublicKey(key: string | Readonly<Record<string, unknown>>): PublicKeyFacts {
  let read: KeyObject;
  try {
    read = createPublicKey(typeof key === 'string' ? key : { key: key as JsonWebKey, format: 'jwk' });
  } catch {
    return { reason: 'not-a-key' };
  }
  if ((read.asymmetricKeyDetails?.modulusLength ?? SHORTEST_RSA) < SHORTEST_RSA) return { reason: 'weak' };
  const algorithms = algorithmsFor(read);
  return algorithms.length === 0 ? { reason: 'type' } : { jwk: { ...read.export({ format: 'jwk' }) }, algorithms };
}

/** The algorithms that a public key is for (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2); none if there are none. */
function algorithmsFor({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): readonly string[] {
  if (asymmetricKeyType === 'rsa') return RSA;
  if (asymmetricKeyType === 'ed25519') return ['EdDSA', 'Ed25519'];
  const algorithm = BY_CURVE[asymmetricKeyDetails?.namedCurve ?? ''];
  return algorithm === undefined ? [] : [algorithm];
}
