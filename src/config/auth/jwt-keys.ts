import type * as z from 'zod';
import type { authOptions, JwtOptions } from '../../features/auth/options.ts';
import type { JwkModel, JwtKeysModel } from '../model.ts';
import type { KeyPath } from '../problems.ts';
import { ASYMMETRIC, SYMMETRIC } from './jwt-algorithms.ts';
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

/** Bytes. RFC 7518 §3.2: as long as the hash of HS256. */
const SHORTEST_SECRET = 32;

/** Understands where the keys come from, or reports what is wrong. @param path of `jwt` */
export function resolveJwtKeys(jwt: ParsedJwt, path: KeyPath, context: RemoteKeysContext): ResolvedKeys | undefined {
  const found = KINDS.filter((kind) => jwt[kind] !== undefined);
  const [kind] = found;
  if (kind === undefined || found.length > 1) {
    context.problems.error('auth-jwt-keys', path, { found, known: KINDS });
    return undefined;
  }
  const at = [...path, kind];
  if (jwt.jwks !== undefined) return resolveJwks(jwt.jwks, at, context);
  if (jwt.publicKey !== undefined) return resolvePem(jwt.publicKey, at, context);
  const secret = jwt.secret === undefined ? decodeBase64(jwt.secretBase64 ?? '') : new TextEncoder().encode(jwt.secret);
  return secretKey(secret, at, context);
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
  if (!context.machine.checkFiles) return staticKeys([], ASYMMETRIC);
  const text = readText(jwks, path, context);
  if (text === undefined) return undefined;
  const keys = new StaticKeySet(context, path, jwks);
  for (const member of membersOf(context.machine.parseDocument(text))) keys.add(member);
  return keys.result('no-set');
}

function membersOf(document: unknown): readonly unknown[] {
  const keys = typeof document === 'object' && document !== null && 'keys' in document ? document.keys : undefined;
  return Array.isArray(keys) ? (keys as unknown[]) : [];
}

const PEM = /-----BEGIN ([A-Z\d ]+)-----[^-]+-----END \1-----/g;

function resolvePem(
  value: string | readonly string[],
  path: KeyPath,
  context: RemoteKeysContext,
): ResolvedKeys | undefined {
  const entries = typeof value === 'string' ? [value] : value;
  const results = entries.map((entry, index) => {
    const at = typeof value === 'string' ? path : [...path, index];
    const isFile = !entry.includes('-----BEGIN');
    if (isFile && !context.machine.checkFiles) return staticKeys([], ASYMMETRIC);
    const text = isFile ? readText(entry, at, context) : entry;
    const keys = new StaticKeySet(context, at, isFile ? entry : '');
    for (const [pem] of text?.matchAll(PEM) ?? []) keys.add(pem);
    return text === undefined ? undefined : keys.result('not-pem');
  });
  if (entries.length === 0) context.problems.error('auth-jwt-keys', path, { found: [], known: KINDS });
  const right = results.filter((result) => result !== undefined);
  if (right.length < results.length || right.length === 0) return undefined;
  return staticKeys(
    right.flatMap(({ keys }) => (keys.kind === 'static' ? keys.keys : [])),
    right.flatMap(({ algorithms }) => algorithms),
  );
}

/** Keys that stand together in one text. */
class StaticKeySet {
  private readonly context: RemoteKeysContext;
  private readonly path: KeyPath;
  private readonly file: string;
  private readonly keys: JwkModel[] = [];
  private readonly algorithms = new Set<string>();
  private added = 0;
  private wrong = false;

  /** @param file '' if the text stands in the config */
  constructor(context: RemoteKeysContext, path: KeyPath, file: string) {
    this.context = context;
    this.path = path;
    this.file = file;
  }

  /** @param key in PEM, or as JSON */
  add(key: unknown): void {
    this.added++;
    const isRecord = typeof key === 'object' && key !== null;
    if (typeof key === 'string' ? key.includes('PRIVATE KEY') : isRecord && 'd' in key) return this.refuse('private');
    if (isRecord && 'k' in key) return this.refuse('secret');
    const facts = this.context.machine.readPublicKey(isRecord ? (key as JwkModel) : String(key));
    if (facts === undefined) for (const algorithm of ASYMMETRIC) this.algorithms.add(algorithm);
    else if ('reason' in facts) this.refuse(facts.reason);
    else {
      // A key may say itself what it's for, and what it's called.
      const own: JwkModel = isRecord ? (key as JwkModel) : {};
      this.keys.push({ ...facts.jwk, ...own });
      for (const each of facts.algorithms) if ((own['alg'] ?? each) === each) this.algorithms.add(each);
    }
  }

  /** @param none why there is none */
  result(none: string): ResolvedKeys | undefined {
    if (this.added === 0) this.refuse(none);
    return this.wrong ? undefined : staticKeys(this.keys, [...this.algorithms]);
  }

  private refuse(reason: string): void {
    this.wrong = true;
    this.context.problems.error('auth-key-invalid', this.path, { file: this.file, reason });
  }
}

function staticKeys(keys: readonly JwkModel[], algorithms: readonly string[]): ResolvedKeys {
  return {
    keys: Object.freeze({ kind: 'static', keys: Object.freeze([...keys]) }),
    algorithms: [...new Set(algorithms)],
  };
}

function secretKey(
  secret: Uint8Array | undefined,
  path: KeyPath,
  { problems }: Pick<RemoteKeysContext, 'problems'>,
): ResolvedKeys | undefined {
  if (secret === undefined) problems.error('auth-secret-encoding', path);
  else if (secret.length < SHORTEST_SECRET) {
    problems.error('auth-secret-weak', path, { bytes: secret.length, least: SHORTEST_SECRET });
  } else return { keys: Object.freeze({ kind: 'secret', secret }), algorithms: SYMMETRIC };
  return undefined;
}

/** Base64 or base64url, with or without padding; undefined if it's neither. */
function decodeBase64(text: string): Uint8Array | undefined {
  const plain = text
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/={1,2}$/, '');
  if (!/^[A-Za-z0-9+/]+$/.test(plain) || plain.length % 4 === 1) return undefined;
  return Uint8Array.from(atob(plain), (char) => char.charCodeAt(0));
}

function readText(file: string, path: KeyPath, { machine, problems }: RemoteKeysContext): string | undefined {
  const absolute = machine.absolute(file);
  const read = machine.readText(absolute);
  if ('text' in read) return read.text;
  problems.error('file-unreadable', path, { file: absolute, cause: read.cause });
  return undefined;
}
