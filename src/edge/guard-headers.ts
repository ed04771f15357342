import {
  passesRequestHeader,
  passesResponseHeader,
  RESPONSE_GUARDS,
  rewriteLocation,
  withoutPairs,
  type GuardModel,
  type Hop,
} from '../guard/index.ts';

/** What decides which headers pass. */
export interface HeaderRules {
  readonly model: GuardModel;
  /** Lines that the config adds to requests: secret. */
  readonly added: readonly (readonly [name: string, value: string])[];
  /** Query parameters that the config adds: secret. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** The same as an API may repeat them, see `addedPairs`. */
  readonly pairs: RegExp | undefined;
}

/** The headers of one hop's request: of the client's only what the guard lets through, and nothing about the client. */
export function requestHeaders(sent: Headers, { model, added }: HeaderRules, hop: Hop): Headers {
  const headers = new Headers();
  const own = new Set(hop.credentials ? added.map(([name]) => name.toLowerCase()) : []);
  const listed = connectionNames(sent);
  for (const [name, value] of sent) {
    if (passesRequestHeader(model, name, hop) && !own.has(name) && !listed.has(name)) headers.append(name, value);
  }
  if (hop.credentials) for (const [name, value] of added) headers.append(name, value);
  // Runtimes decode what they like and say so in their own ways: plain is plain in all of them.
  headers.set('accept-encoding', 'identity');
  return headers;
}

/**
 * The headers of an answer: without what speaks of the target's own origin, with Location leading through the guard, without
 * our parameters in the URLs that it names, and saying that what comes is data.
 */
export function responseHeaders(received: Headers, { model, pairs }: HeaderRules, hop: Hop): Headers {
  const headers = new Headers();
  const listed = connectionNames(received);
  const append = (name: string, value: string): void =>
    headers.append(name, pairs === undefined ? value : withoutPairs(value, pairs));
  for (const [name, value] of received) {
    if (name === 'set-cookie' || name === 'location' || listed.has(name)) continue;
    if (passesResponseHeader(model, name)) append(name, value);
  }
  // Runtimes differ in whether they join these when they list them.
  if (passesResponseHeader(model, 'set-cookie'))
    for (const cookie of received.getSetCookie()) append('set-cookie', cookie);
  const location = received.get('location');
  const mapped = location === null ? undefined : rewriteLocation(model, hop, location);
  if (mapped !== undefined) append('location', mapped);
  for (const [name, value] of RESPONSE_GUARDS) headers.set(name, value);
  return headers;
}

/** What `Connection` lists is of that connection only (RFC 9110 §7.6.1). */
function connectionNames(headers: Headers): ReadonlySet<string> {
  const names = headers.get('connection')?.split(',') ?? [];
  return new Set(names.map((name) => name.trim().toLowerCase()));
}
