import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOf } from '../../../../test/fixtures/random.ts';
import { AUDIENCE, ISSUER, sign, signingKey } from '../../../../test/fixtures/issuer.ts';
import type { JwtAuthModel } from '../../../config/index.ts';
import { problemCatalogue } from '../../../diagnostics/catalogue/problems.ts';
import { JwtVerifier } from './jwt-verifier.ts';
import { StaticKeys } from './key-source.ts';
import { readJwks } from './read-jwks.ts';

const count = countOf(100);
const key = signingKey('k1');

const model: JwtAuthModel = {
  kind: 'jwt',
  name: 'it',
  keys: { kind: 'static', keys: [key.jwk] },
  algorithms: ['RS256', 'ES256', 'EdDSA'],
  issuers: [ISSUER],
  audiences: [AUDIENCE],
  clockSkew: 0,
  type: undefined,
  requireClaims: [],
  scopeClaims: ['scope'],
  from: [{ kind: 'authorization', name: '' }],
  remove: false,
  headers: [],
};
const verifier = new JwtVerifier(model, new StaticKeys([key.jwk, signingKey('k2', 'ES256').jwk]));

/** The code of what is wrong, '' if nothing is. Never throws. */
async function verdictOf(token: string): Promise<string> {
  const verified = await verifier.verify(token);
  if (!('problem' in verified)) return '';
  return verified.problem === 'unavailable' ? 'unavailable' : verified.problem.code;
}

const REFUSALS: ReadonlySet<string> = new Set(
  Object.entries(problemCatalogue).flatMap(([code, { status }]) => (status === 401 ? [code] : [])),
);

describe('a token', () => {
  it('with anything changed in it is refused with a reason', async () => {
    const token = await sign(key);
    const change = fc.record({
      at: fc.nat(token.length),
      remove: fc.nat(3),
      insert: fc.string({ maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, remove, insert }) => {
        const changed = token.slice(0, at) + insert + token.slice(at + remove);
        // Bits that base64 leaves unused at the end of a part say nothing.
        if (decoded(changed) === decoded(token)) return;
        expect(REFUSALS).toContain(await verdictOf(changed));
      }),
      { numRuns: count },
    );
  });

  it('of any header and any claims, unsigned or signed with something else, is refused with a reason', async () => {
    const name = fc.constantFrom('alg', 'kid', 'typ', 'crit', 'b64', 'jwk', 'jku', 'x5c', 'zip', 'enc', '__proto__');
    const word = fc.constantFrom(
      'none',
      'None',
      'RS256',
      'HS256',
      'ES256',
      'EdDSA',
      'k1',
      'k2',
      'JWT',
      '',
      'DEF',
      'b64',
    );
    const header = fc.dictionary(name, fc.oneof(word, fc.jsonValue({ maxDepth: 2 }), fc.constant(key.jwk)), {
      maxKeys: 6,
    });
    const claims = fc.oneof(fc.constant({ iss: ISSUER, aud: AUDIENCE, exp: 1e10 }), fc.jsonValue({ maxDepth: 2 }));
    const signature = fc.oneof(
      fc.constant(''),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
    );
    await fc.assert(
      fc.asyncProperty(header, claims, signature, async (head, payload, end) => {
        expect(REFUSALS).toContain(await verdictOf(`${encode(head)}.${encode(payload)}.${end}`));
      }),
      { numRuns: count },
    );
  });

  it('that is any text is refused with a reason', async () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[\w.-]{0,40}$/));
    await fc.assert(
      fc.asyncProperty(text, async (token) => {
        expect(REFUSALS).toContain(await verdictOf(token));
      }),
      { numRuns: count },
    );
  });

  it('that is signed is held to its claims, whatever they are', async () => {
    const now = Math.floor(Date.now() / 1000);
    const value = fc.oneof(
      fc.constantFrom(ISSUER, AUDIENCE, [AUDIENCE], now + 1000, now - 1000),
      fc.jsonValue({ maxDepth: 1 }),
    );
    const claims = fc.dictionary(fc.constantFrom('iss', 'aud', 'exp', 'nbf', 'iat', 'sub', '__proto__'), value);
    await fc.assert(
      fc.asyncProperty(claims, async (payload) => {
        const { iss, aud, exp, nbf, iat } = JSON.parse(JSON.stringify(payload)) as Record<string, unknown>;
        const isRight =
          iss === ISSUER &&
          (aud === AUDIENCE || (Array.isArray(aud) && aud.includes(AUDIENCE))) &&
          typeof exp === 'number' &&
          exp > now + 500 &&
          (nbf === undefined || (typeof nbf === 'number' && nbf <= now)) &&
          (iat === undefined || typeof iat === 'number');
        const verdict = await verdictOf(await signRaw(payload));
        if (isRight) expect(verdict).toBe('');
        else expect(REFUSALS).toContain(verdict);
      }),
      { numRuns: count },
    );
  });
});

describe('a JWK Set', () => {
  it('of anything is one, or is said not to be', () => {
    const member = fc.oneof(
      fc.constantFrom<unknown>(
        key.jwk,
        signingKey('k2', 'ES256').jwk,
        { kty: 'oct', k: 'AAAA' },
        { ...key.jwk, n: 'AQAB' },
      ),
      fc.dictionary(
        fc.constantFrom('kty', 'n', 'e', 'x', 'y', 'crv', 'use', 'kid', 'd', 'k'),
        fc.oneof(fc.constantFrom('RSA', 'EC', 'OKP', 'P-256', 'sig'), fc.jsonValue({ maxDepth: 1 })),
      ),
      fc.jsonValue({ maxDepth: 1 }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.array(member), fc.jsonValue()), (keys) => {
        const read = readJwks(JSON.stringify({ keys }));
        if (typeof read === 'string') expect(read).toMatch(/^it /);
        else expect(read.every(({ kty }) => ['RSA', 'EC', 'OKP'].includes(String(kty)))).toBe(true);
      }),
      { numRuns: count },
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(typeof readJwks(text)).toBe('string');
      }),
      { numRuns: count },
    );
  });

  it('holds keys that sign, and no other', () => {
    const weak = signingKey('weak');
    const { n: _, ...broken } = weak.jwk;
    const read = readJwks(
      JSON.stringify({
        keys: [{ ...key.jwk, use: 'enc' }, broken, { kty: 'oct', k: 'x' }, { ...key.jwk, d: 'x' }, key.jwk],
      }),
    );
    expect(read).toEqual([key.jwk]);
  });
});

/** Signed by the issuer, the claims as they are. */
async function signRaw(claims: object): Promise<string> {
  const { CompactSign } = await import('jose');
  const payload = new TextEncoder().encode(JSON.stringify(claims));
  return new CompactSign(payload).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(key.privateKey);
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decoded(token: string): string {
  return token
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString('hex'))
    .join('.');
}
