import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type * as z from 'zod';
import type { authOptions, JwtOptions } from '../../features/auth/options.ts';
import type { ResolveContext } from '../context.ts';
import type { JwkModel, JwtKeysModel } from '../model.ts';
import type { KeyPath } from '../problems.ts';
import { causeOf } from '../resolve-tls.ts';
import { algorithmsFor, ASYMMETRIC } from './jwt-algorithms.ts';
import { resolveRemoteKeys, type RemoteKeysContext } from './remote-keys.ts';

/** `jwt` as the schema understands it. */
export type ParsedJwt = z.output<typeof authOptions>['jwt'] & object;

/** Keys, and what they can be used for. */
export interface ResolvedKeys {
  readonly keys: JwtKeysModel;
  /** Every algorithm that fits. */
  readonly algorithms: readonly string[];
}

const KINDS = ['jwks', 'publicKey', 'secret', 'secretBase64'] as const satisfies readonly (keyof JwtOptions)[];

/** RFC 7518 §3.3: shorter ones can be broken. */
const SHORTEST_RSA = 2048;
/** Bytes. RFC 7518 §3.2: as long as the hash of HS256. */
const SHORTEST_SECRET = 32;

/** Understands where the keys come from, or reports what is wrong. @param path of `jwt` */
export function resolveJwtKeys(jwt: ParsedJwt, path: KeyPath, context: RemoteKeysContext): ResolvedKeys | undefined {
  const { problems } = context;
  const found = KINDS.filter((kind) => jwt[kind] !== undefined);
  const [kind] = found;
  if (kind === undefined || found.length > 1) {
    problems.error('auth-jwt-keys', path, { found, known: KINDS });
    return undefined;
  }
  const at = [...path, kind];
  if (jwt.jwks !== undefined) return resolveJwks(jwt.jwks, at, context);
  if (jwt.publicKey !== undefined) return resolvePem(jwt.publicKey, at, context);
  return jwt.secret === undefined
    ? secretKeys(decodeBase64(jwt.secretBase64 ?? ''), at, context)
    : secretKeys(Buffer.from(jwt.secret, 'utf8'), at, context);
}

function resolveJwks(
  jwks: NonNullable<ParsedJwt['jwks']>,
  path: KeyPath,
  context: RemoteKeysContext,
): ResolvedKeys | undefined {
  if (typeof jwks !== 'string' || jwks.includes('://')) {
    const keys = resolveRemoteKeys(jwks, path, context);
    return keys && { keys, algorithms: ASYMMETRIC };
  }
  const text = readText(jwks, path, context);
  if (text === undefined) return context.checkFiles ? undefined : staticKeys([], ASYMMETRIC);
  const found = readSet(text);
  if (typeof found === 'string') {
    context.problems.error('auth-key-invalid', path, { file: jwks, reason: found });
    return undefined;
  }
  return fromJwks(found, jwks, path, context);
}

/** The members of a JWK Set, or why it isn't one. */
function readSet(text: string): readonly JwkModel[] | string {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(keys) && keys.length > 0 ? (keys as JwkModel[]) : 'no-set';
  } catch {
    return 'no-set';
  }
}

function fromJwks(
  members: readonly JwkModel[],
  file: string,
  path: KeyPath,
  { problems }: RemoteKeysContext,
): ResolvedKeys | undefined {
  const keys: JwkModel[] = [];
  const algorithms = new Set<string>();
  for (const member of members) {
    const checked = checkJwk(member);
    if (typeof checked === 'string') {
      problems.error('auth-key-invalid', path, { file, reason: checked });
      return undefined;
    }
    keys.push(member);
    // A key may say itself what it's for.
    const own = member['alg'];
    for (const algorithm of checked) if (own === undefined || own === algorithm) algorithms.add(algorithm);
  }
  return staticKeys(keys, [...algorithms]);
}

function checkJwk(member: unknown): readonly string[] | string {
  if (typeof member !== 'object' || member === null) return 'no-set';
  if ('k' in member) return 'secret';
  if ('d' in member) return 'private';
  try {
    return checkKey(createPublicKey({ key: member as JsonWebKey, format: 'jwk' }));
  } catch {
    return 'not-a-key';
  }
}

/** The algorithms of a key, or why it's no good. */
function checkKey(key: KeyObject): readonly string[] | string {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? SHORTEST_RSA;
  if (bits < SHORTEST_RSA) return 'weak';
  const algorithms = algorithmsFor(key);
  return algorithms.length === 0 ? 'type' : algorithms;
}

const PEM = /-----BEGIN ([A-Z\d ]+)-----[^-]+-----END \1-----/g;

function resolvePem(
  value: string | readonly string[],
  path: KeyPath,
  context: RemoteKeysContext,
): ResolvedKeys | undefined {
  const entries = typeof value === 'string' ? [value] : value;
  const keys: JwkModel[] = [];
  const algorithms = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    const at = typeof value === 'string' ? path : [...path, index];
    const isFile = !entry.includes('-----BEGIN');
    const text = isFile ? readText(entry, at, context) : entry;
    if (text === undefined && context.checkFiles) return undefined;
    if (text === undefined) continue;
    const file = isFile ? entry : '';
    const blocks = [...text.matchAll(PEM)];
    if (blocks.length === 0) context.problems.error('auth-key-invalid', at, { file, reason: 'not-pem' });
    for (const [pem, label = ''] of blocks) {
      const made = fromPem(pem, label);
      if (typeof made === 'string') context.problems.error('auth-key-invalid', at, { file, reason: made });
      else {
        keys.push(made.jwk);
        for (const algorithm of made.algorithms) algorithms.add(algorithm);
      }
    }
  }
  if (entries.length === 0) context.problems.error('auth-jwt-keys', path, { found: [], known: KINDS });
  return staticKeys(keys, context.checkFiles ? [...algorithms] : ASYMMETRIC);
}

function fromPem(pem: string, label: string): { jwk: JwkModel; algorithms: readonly string[] } | string {
  if (label.includes('PRIVATE')) return 'private';
  try {
    const key = createPublicKey(pem);
    const algorithms = checkKey(key);
    return typeof algorithms === 'string' ? algorithms : { jwk: { ...key.export({ format: 'jwk' }) }, algorithms };
  } catch {
    return 'not-a-key';
  }
}

function staticKeys(keys: readonly JwkModel[], algorithms: readonly string[]): ResolvedKeys {
  return { keys: Object.freeze({ kind: 'static', keys: Object.freeze([...keys]) }), algorithms };
}

function secretKeys(
  secret: Buffer | undefined,
  path: KeyPath,
  { problems }: Pick<ResolveContext, 'problems'>,
): ResolvedKeys | undefined {
  if (secret === undefined) problems.error('auth-secret-encoding', path);
  else if (secret.length < SHORTEST_SECRET) {
    problems.error('auth-secret-weak', path, { bytes: secret.length, least: SHORTEST_SECRET });
  } else
    return {
      keys: Object.freeze({ kind: 'secret', secret: new Uint8Array(secret) }),
      algorithms: ['HS256', 'HS384', 'HS512'],
    };
  return undefined;
}

/** Base64 or base64url, with or without padding; undefined if it's neither. */
function decodeBase64(text: string): Buffer | undefined {
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function readText(
  file: string,
  path: KeyPath,
  { baseDir, checkFiles, problems }: RemoteKeysContext,
): string | undefined {
  if (!checkFiles) return undefined;
  const absolute = resolve(baseDir, file);
  try {
    return readFileSync(absolute, 'utf8');
  } catch (error) {
    problems.error('file-unreadable', path, { file: absolute, cause: causeOf(error) });
    return undefined;
  }
}
