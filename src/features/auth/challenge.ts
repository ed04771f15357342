/** Why a Bearer token isn't taken (RFC 6750 §3.1). */
export interface BearerError {
  readonly error: 'invalid_request' | 'invalid_token' | 'insufficient_scope';
  /** For developers. */
  readonly description: string;
  /** Scopes that are needed. */
  readonly scopes?: readonly string[];
}

/** A challenge of the scheme Bearer (RFC 6750 §3), for whoever showed nothing, or what wasn't taken. */
export function bearerChallenge(realm: string, problem?: BearerError): string {
  const parameters = [`realm=${quoted(realm)}`];
  if (problem !== undefined) {
    parameters.push(`error="${problem.error}"`, `error_description=${quoted(problem.description)}`);
    const { scopes = [] } = problem;
    if (scopes.length > 0) parameters.push(`scope=${quoted(scopes.join(' '))}`);
  }
  return `Bearer ${parameters.join(', ')}`;
}

/** A challenge of the scheme Basic (RFC 7617 §2). */
export function basicChallenge(realm: string): string {
  return `Basic realm=${quoted(realm)}, charset="UTF-8"`;
}

/** For API keys. No scheme is registered for them, and a 401 must have one (RFC 9110 §15.5.2). */
export function apiKeyChallenge(realm: string): string {
  return `ApiKey realm=${quoted(realm)}`;
}

/**
 * A quoted string (RFC 9110 §5.6.4). RFC 6750 allows neither quotes nor backslashes in descriptions, and some readers take
 * escapes for the text's end.
 */
function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "'").replaceAll(/[^\x20-\x7e]/g, '?')}"`;
}
