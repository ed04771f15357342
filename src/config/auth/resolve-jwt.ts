import type { JwtAuthModel } from '../model.ts';
import type { KeyPath } from '../problems.ts';
import { resolveJwtKeys, type ParsedJwt, type ResolvedKeys } from './jwt-keys.ts';
import { resolveClaimHeaders } from './own-headers.ts';
import { resolvePlaces } from './places.ts';
import type { RemoteKeysContext } from './remote-keys.ts';
import { timeWithin } from './time-within.ts';

const DEFAULT_SKEW = 30_000;
/** Clocks that are further apart are wrong, and expired tokens would be good for as long. */
const MOST_SKEW = 600_000;
const SCOPE_CLAIMS = ['scope', 'scp'];

/** Bytes (RFC 7518 §3.2): as long as the hash. */
const SECRET_LENGTH: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 };

/** Understands `jwt`, or reports what is wrong. */
export function resolveJwt(
  name: string,
  jwt: ParsedJwt,
  { path, context }: { readonly path: KeyPath; readonly context: RemoteKeysContext },
): JwtAuthModel | undefined {
  const { problems } = context;
  const at = (key: string): { path: KeyPath; problems: typeof problems } => ({ path: [...path, key], problems });
  const keys = resolveJwtKeys(jwt, path, context);
  const algorithms = resolveAlgorithms(jwt.algorithms, keys, at('algorithms'));
  const isShared = keys?.keys.kind !== 'secret';
  const issuers = listOf(jwt.issuer);
  const audiences = listOf(jwt.audience);
  if (keys !== undefined && isShared) {
    if (issuers === undefined && jwt.dangerouslyAllowAnyIssuer !== true) problems.error('auth-issuer-missing', path);
    if (audiences === undefined && jwt.dangerouslyAllowAnyAudience !== true)
      problems.error('auth-audience-missing', path);
  }
  const model = {
    kind: 'jwt',
    name,
    algorithms: Object.freeze([...algorithms]),
    issuers: jwt.dangerouslyAllowAnyIssuer === true ? undefined : issuers,
    audiences: jwt.dangerouslyAllowAnyAudience === true ? undefined : audiences,
    clockSkew: timeWithin(jwt.clockSkew, { fallback: DEFAULT_SKEW, most: MOST_SKEW }, at('clockSkew')),
    type: jwt.type,
    requireClaims: Object.freeze([...(jwt.requireClaims ?? [])]),
    scopeClaims: Object.freeze(listOf(jwt.scopeClaim) ?? SCOPE_CLAIMS),
    from: resolvePlaces(jwt.from, { kind: 'authorization', name: '' }, at('from')),
    remove: jwt.remove ?? false,
    headers: resolveClaimHeaders(jwt.headers, at('headers')),
  } as const;
  return keys === undefined ? undefined : Object.freeze({ ...model, keys: keys.keys });
}

/** Those that are written, if all of them fit the keys; else all that fit. */
function resolveAlgorithms(
  value: string | readonly string[] | undefined,
  keys: ResolvedKeys | undefined,
  { path, problems }: ReturnType<(key: string) => { path: KeyPath; problems: RemoteKeysContext['problems'] }>,
): readonly string[] {
  if (keys === undefined) return [];
  const isSecret = keys.keys.kind === 'secret';
  const written = listOf(value) ?? (isSecret ? ['HS256'] : keys.algorithms);
  for (const [index, algorithm] of written.entries()) {
    const at = Array.isArray(value) ? [...path, index] : path;
    if (!keys.algorithms.includes(algorithm)) {
      problems.error('auth-algorithm-unfit', at, { algorithm, known: [...keys.algorithms] });
    }
    const bytes = keys.keys.kind === 'secret' ? keys.keys.secret.length : Number.POSITIVE_INFINITY;
    const least = SECRET_LENGTH[algorithm] ?? 0;
    if (bytes < least) problems.error('auth-secret-weak', at, { bytes, least });
  }
  if (written.length === 0)
    problems.error('auth-algorithm-unfit', path, { algorithm: '', known: [...keys.algorithms] });
  return written;
}

function listOf(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof value === 'string' ? [value] : value;
}
