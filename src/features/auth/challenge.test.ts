import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOf } from '../../../test/fixtures/random.ts';
import { Field } from '../../wire/header-list.ts';
import { apiKeyChallenge, basicChallenge, bearerChallenge } from './challenge.ts';

/** RFC 9110 §11.6.1, with the values that RFC 6750 §3 allows. */
const GRAMMAR = /^[A-Za-z]+ [a-z_]+="[\x20-\x21\x23-\x5b\x5d-\x7e]*"(?:, [a-z_]+="[\x20-\x21\x23-\x5b\x5d-\x7e]*")*$/;

describe('a challenge', () => {
  it('is one, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (realm, description) => {
        const problem = { error: 'invalid_token', description, scopes: [description] } as const;
        for (const text of [
          bearerChallenge(realm),
          bearerChallenge(realm, problem),
          basicChallenge(realm),
          apiKeyChallenge(realm),
        ]) {
          expect(text).toMatch(GRAMMAR);
          expect(new Field('WWW-Authenticate', text).value).toBe(text);
        }
      }),
      { numRuns: countOf(500) },
    );
  });
});
