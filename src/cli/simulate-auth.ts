import type { AuthModel, BasicAuthModel, JwtAuthModel } from '../config/index.ts';
import { ApiKeyAuthenticator } from '../features/auth/api-key/api-key.ts';
import type { Authenticator, Outcome } from '../features/auth/authenticator.ts';
import { readBasic } from '../features/auth/basic/basic-credentials.ts';
import { claimFields, scopesOf, type Claims } from '../features/auth/claims.ts';
import { combine } from '../features/auth/combined.ts';
import { decideRoute } from '../features/auth/decide.ts';
import { whyRefused, type TokenProblem } from '../features/auth/jwt/why-refused.ts';
import { passedAs } from '../features/auth/passed-as.ts';
import { ambiguous, invalidToken } from '../features/auth/refusals.ts';
import { AMBIGUOUS, finderOf, type Asked } from '../features/auth/token-place.ts';
import { HeaderList } from '../wire/header-list.ts';
import type { FeatureOutcome, FeatureSimulation } from './simulate-features.ts';

/** A simulated request, and what had to be taken for granted about it. */
interface Simulated extends Asked {
  /** The browser sends what it has. */
  readonly cookies: boolean;
  readonly assumed: Set<string>;
}

const SIGNATURE = "the token's signature is taken to be right";
const COOKIE = 'the browser is taken to have the cookie';
const PASSWORD = 'the password is taken to be right';
const SERVICE = 'the service that decides is taken to let the request through';

/** What `auth` would do with a request. Nobody is asked: neither an issuer for keys nor a service for its decision. */
export const simulateAuth: FeatureSimulation = ({ features: { auth } }, { headers, url, method, cookies }) => {
  if (auth?.use === undefined) return undefined;
  const { search: query } = new URL(url);
  const request = { headers: HeaderList.of(...headers), query, cookies, assumed: new Set<string>() };
  const authenticator = simulated(auth.use);
  const outcome = authenticator.check(request);
  // Nothing that is simulated waits, or answers by itself.
  if (outcome instanceof Promise || outcome === 'answered') return undefined;
  const verdict = decideRoute(auth, method, { outcome, challenges: authenticator.challenges });
  if (verdict === 'anonymous') return undefined;
  if (verdict.kind === 'passed') return assumption(request.assumed);
  const lines = verdict.challenges.map((challenge) => ['WWW-Authenticate', challenge] as const);
  return { feature: 'auth', code: verdict.code, detail: verdict.detail, headers: lines };
};

function assumption(assumed: ReadonlySet<string>): FeatureOutcome | undefined {
  return assumed.size === 0 ? undefined : { feature: 'auth', assumed: [...assumed].join(', and ') };
}

function simulated(model: AuthModel): Authenticator<Simulated> {
  switch (model.kind) {
    case 'jwt':
      return { ...IDLE, challenges: [`Bearer realm="${model.name}"`], check: (request) => checkToken(model, request) };
    case 'apiKey': {
      const real = new ApiKeyAuthenticator(model);
      const hasCookie = model.from.some(({ kind }) => kind === 'cookie');
      const [first] = model.keys;
      return {
        ...IDLE,
        challenges: real.challenges,
        check(request) {
          const outcome = real.check(request);
          if (outcome !== 'absent' || !hasCookie || !request.cookies || first === undefined) return outcome;
          request.assumed.add(COOKIE);
          return passedAs(first, model);
        },
      };
    }
    case 'basic':
      return {
        ...IDLE,
        challenges: [`Basic realm="${model.realm}", charset="UTF-8"`],
        check: (request) => checkPassword(model, request),
      };
    case 'forward':
      return { ...IDLE, asksAlways: true, check: (request) => checkService(model.name, request) };
    case 'any':
    case 'all':
      return combine(
        model,
        model.of.map((each) => simulated(each)),
      );
  }
}

const IDLE = { remove: undefined, challenges: [], asksAlways: false };

function checkToken(model: JwtAuthModel, request: Simulated): Outcome {
  const { name, from, headers, scopeClaims } = model;
  const token = finderOf(from)(request);
  if (token === AMBIGUOUS) return ambiguous([]);
  const hasCookie = from.some(({ kind }) => kind === 'cookie');
  if (token === undefined && (!hasCookie || !request.cookies)) return 'absent';
  request.assumed.add(token === undefined ? COOKIE : SIGNATURE);
  const claims = token === undefined ? {} : claimsIn(token);
  const problem = token === undefined ? undefined : problemIn(model, claims);
  if (problem !== undefined) return invalidToken(name, problem.code, problem.detail);
  const known = claims ?? {};
  const subject = typeof known['sub'] === 'string' ? known['sub'] : '';
  const identity = { auth: name, subject, claims: known, scopes: scopesOf(known, scopeClaims) };
  return { kind: 'passed', identity, fields: claimFields(known, headers) };
}

/** What the claims alone say against a token, in the words of whoever verifies it. */
function problemIn(model: JwtAuthModel, claims: Claims | undefined): TokenProblem | undefined {
  if (claims === undefined) return whyRefused({ code: 'ERR_JWS_INVALID' });
  const { issuers, audiences, clockSkew } = model;
  const fails = (claim: string, reason = 'check_failed'): TokenProblem =>
    whyRefused({ code: 'ERR_JWT_CLAIM_VALIDATION_FAILED', claim, reason, payload: claims });
  if (issuers?.some((issuer) => issuer === claims['iss']) === false) return fails('iss');
  const { aud } = claims;
  const isFor = (audience: string): boolean => (Array.isArray(aud) ? aud.includes(audience) : aud === audience);
  if (audiences?.some(isFor) === false) return fails('aud');
  const missing = ['exp', ...model.requireClaims].find((claim) => claims[claim] === undefined);
  if (missing !== undefined) return fails(missing, 'missing');
  const [now, skew] = [Date.now() / 1000, clockSkew / 1000];
  if (Number(claims['nbf'] ?? 0) > now + skew) return fails('nbf');
  if (Number(claims['exp']) <= now - skew) return whyRefused({ code: 'ERR_JWT_EXPIRED', payload: claims });
  return undefined;
}

/** What a token says of itself; undefined if it's none. */
function claimsIn(token: string): Claims | undefined {
  const [, payload = ''] = token.split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? (claims as Claims) : undefined;
  } catch {
    return undefined;
  }
}

function checkPassword(model: BasicAuthModel, { headers, assumed }: Simulated): Outcome {
  const credentials = readBasic(headers.get('authorization') ?? '');
  if (credentials === undefined) return 'absent';
  const user = credentials === 'malformed' ? undefined : model.users.find(({ name }) => name === credentials.user);
  if (user === undefined) {
    const detail = 'The user name or the password is wrong.';
    return { kind: 'refused', code: 'password-invalid', detail, challenges: [] };
  }
  assumed.add(PASSWORD);
  return passedAs(user, model);
}

function checkService(auth: string, { assumed }: Simulated): Outcome {
  assumed.add(SERVICE);
  const identity = { auth, subject: '', claims: {}, scopes: new Set<string>() };
  return { kind: 'passed', identity, fields: claimFields({}, []) };
}
