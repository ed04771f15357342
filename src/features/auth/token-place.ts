import type { TokenPlaceModel } from '../../config/model.ts';
import type { Exchange } from '../../wire/exchange.ts';
import { H } from '../../wire/known-names.ts';
import { cookieValues, withoutCookie } from './cookies.ts';
import { parameterValues, withoutParameter } from './query.ts';

/** A request says two different things in one place: which of them whoever reads it next takes, nobody knows. */
export const AMBIGUOUS = Symbol('ambiguous');

/** What a request shows; undefined: nothing. */
export type Shown = string | undefined | typeof AMBIGUOUS;

/** Where a request shows something. */
export type Asked = Pick<Exchange, 'headers' | 'query'>;

/** Looks for a token, or a key, in the first of these places that has one. */
export function finderOf(places: readonly TokenPlaceModel[]): (asked: Asked) => Shown {
  const finders = places.map(finder);
  const [first] = finders;
  if (first !== undefined && finders.length === 1) return first;
  return (asked) => {
    for (const find of finders) {
      const found = find(asked);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** Takes what stands in these places off a request. */
export function removerOf(places: readonly TokenPlaceModel[]): (exchange: Exchange) => void {
  const removers = places.map(remover);
  return (exchange) => {
    for (const remove of removers) remove(exchange);
  };
}

function finder({ kind, name }: TokenPlaceModel): (asked: Asked) => Shown {
  switch (kind) {
    case 'authorization':
      return bearerOf;
    case 'header':
      return ({ headers }) => single(headers.getAll(name));
    case 'cookie':
      return ({ headers }) =>
        headers.hasId(H.cookie) ? single(cookieValues(headers.getAll('cookie'), name)) : undefined;
    case 'query':
      return ({ query }) => (query.length > 1 ? single(parameterValues(query, name)) : undefined);
  }
}

const BEARER = /^bearer +/i;

/** RFC 6750 §2.1. Credentials of another scheme are somebody else's. */
function bearerOf({ headers }: Asked): Shown {
  const value = headers.getById(H.authorization);
  if (value === undefined) return undefined;
  if (headers.countId(H.authorization) > 1) return AMBIGUOUS;
  const scheme = BEARER.exec(value);
  return scheme === null ? undefined : value.slice(scheme[0].length);
}

/** The one value that all of them are; what is empty isn't there. */
function single(values: readonly string[]): Shown {
  const [first] = values;
  if (values.length > 1 && values.some((value) => value !== first)) return AMBIGUOUS;
  return first === '' ? undefined : first;
}

function remover({ kind, name }: TokenPlaceModel): (exchange: Exchange) => void {
  switch (kind) {
    case 'authorization':
      return (exchange) => {
        if (bearerOf(exchange) !== undefined) exchange.headers.removeId(H.authorization);
      };
    case 'header':
      return ({ headers }) => headers.remove(name);
    case 'cookie':
      return ({ headers }) => {
        if (!headers.hasId(H.cookie)) return;
        const fields = headers.getAll('cookie');
        if (cookieValues(fields, name).length === 0) return;
        headers.removeId(H.cookie);
        for (const field of fields) {
          const rest = withoutCookie(field, name);
          if (rest !== '') headers.append('Cookie', rest);
        }
      };
    case 'query':
      return (exchange) => {
        const query = withoutParameter(exchange.query, name);
        if (query === exchange.query) return;
        exchange.query = query;
        exchange.target = exchange.path + query;
      };
  }
}
