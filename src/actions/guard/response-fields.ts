import {
  passesResponseHeader,
  RESPONSE_GUARDS,
  rewriteLocation,
  type GuardModel,
  type Hop,
} from '../../guard/index.ts';
import { Field, FieldBlock, type HeaderList } from '../../wire/header-list.ts';
import { removeHopByHop } from '../../wire/hop-by-hop.ts';
import { H } from '../../wire/known-names.ts';

const GUARDS = new FieldBlock(RESPONSE_GUARDS.map(([name, value]) => new Field(name, value)));

/**
 * Query parameters that the config adds, as a target may repeat them in the URLs of its headers. Undefined if there are
 * none.
 */
export function addedPairs(query: readonly (readonly [name: string, value: string])[]): RegExp | undefined {
  if (query.length === 0) return undefined;
  const spellings = query.flatMap(([name, value]) => [
    `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
    new URLSearchParams([[name, value]]).toString(),
    `${name}=${value}`,
  ]);
  const any = [...new Set(spellings)].map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)).join('|');
  return new RegExp(String.raw`([?&])(?:${any})(?=[&#>"'\s,;]|$)`, 'gi');
}

/** How a response's headers are changed. */
export interface ResponseRules {
  readonly model: GuardModel;
  /** See `addedPairs`. */
  readonly pairs: RegExp | undefined;
  readonly hop: Hop;
  /** Lines of our own, beside those that guard. */
  readonly more: readonly Field[];
}

/**
 * Makes a third party's headers the gateway's: drops what speaks of its own origin, leads Location through the gateway,
 * takes our parameters out of the URLs that it names, and says that what comes is data.
 */
export function filterResponse(headers: HeaderList, { model, pairs, hop, more }: ResponseRules): void {
  removeHopByHop(headers);
  for (const name of namesOf(headers)) if (!passesResponseHeader(model, name)) headers.remove(name);
  const location = headers.getById(H.location);
  if (location !== undefined) {
    const mapped = rewriteLocation(model, hop, location);
    if (mapped === undefined) headers.removeId(H.location);
    else headers.set('Location', mapped);
  }
  if (pairs !== undefined) forgetPairs(headers, pairs);
  headers.appendBlock(GUARDS);
  for (const field of more) headers.appendField(field);
}

function namesOf(headers: HeaderList): Set<string> {
  const names = new Set<string>();
  headers.forEach((name) => names.add(name.toLowerCase()));
  return names;
}

/** Pages of results are linked with the URL that was asked for: with our key in it. */
function forgetPairs(headers: HeaderList, pairs: RegExp): void {
  const telling = new Set<string>();
  headers.forEach((name, value) => {
    if (value.search(pairs) >= 0) telling.add(name.toLowerCase());
  });
  for (const name of telling) {
    const values = headers.getAll(name);
    headers.remove(name);
    for (const value of values) headers.append(name, withoutPairs(value, pairs));
  }
}

/** `?ours&a=1` becomes `?a=1`, `?a=1&ours&b=2` `?a=1&b=2`, `?ours` nothing. */
function withoutPairs(text: string, pairs: RegExp): string {
  const rest = text.replaceAll(pairs, (_, mark: string) => (mark === '?' ? '?' : ''));
  return rest.replaceAll('?&', '?').replaceAll(/\?(?=[#>"'\s,;]|$)/g, '');
}
