import {
  passesResponseHeader,
  RESPONSE_GUARDS,
  rewriteLocation,
  withoutPairs,
  type GuardModel,
  type Hop,
} from '../../guard/index.ts';
import { Field, FieldBlock, type HeaderList } from '../../wire/header-list.ts';
import { removeHopByHop } from '../../wire/hop-by-hop.ts';
import { H } from '../../wire/known-names.ts';

const GUARDS = new FieldBlock(RESPONSE_GUARDS.map(([name, value]) => new Field(name, value)));

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
