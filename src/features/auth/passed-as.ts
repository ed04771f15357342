import type { ClaimHeaderModel, CredentialModel } from '../../config/model.ts';
import type { Passed } from './authenticator.ts';
import { claimFields } from './claims.ts';

/** What is said of somebody whom the config knows. */
export function passedAs(
  { name, claims, scopes }: CredentialModel,
  auth: { readonly name: string; readonly headers: readonly ClaimHeaderModel[] },
): Passed {
  return {
    kind: 'passed',
    identity: { auth: auth.name, subject: name, claims, scopes: new Set(scopes) },
    fields: claimFields(claims, auth.headers),
  };
}
