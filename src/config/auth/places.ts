import type { TokenPlace } from '../../features/auth/options.ts';
import { isToken } from '../../protocol/token.ts';
import type { TokenPlaceModel } from '../model.ts';
import type { At } from '../schema/issues.ts';

/** Understands where a token or a key is looked for. */
export function resolvePlaces(
  places: TokenPlace | readonly TokenPlace[] | undefined,
  fallback: TokenPlaceModel,
  { path, problems }: At,
): readonly TokenPlaceModel[] {
  if (places === undefined) return Object.freeze([Object.freeze(fallback)]);
  const list = Array.isArray(places) ? (places as readonly TokenPlace[]) : [places as TokenPlace];
  if (list.length === 0) problems.error('auth-place-invalid', path, { reason: 'none', name: '' });
  return Object.freeze(
    list.map((place, index) => {
      const at = Array.isArray(places) ? [...path, index] : path;
      const model = placeOf(place);
      const reason = reasonAgainst(model);
      if (reason !== undefined) problems.error('auth-place-invalid', at, { reason, name: model.name });
      return Object.freeze(model);
    }),
  );
}

function placeOf(place: TokenPlace): TokenPlaceModel {
  if (place === 'authorization') return { kind: 'authorization', name: '' };
  if ('header' in place) return { kind: 'header', name: place.header.toLowerCase() };
  return 'cookie' in place ? { kind: 'cookie', name: place.cookie } : { kind: 'query', name: place.query };
}

function reasonAgainst({ kind, name }: TokenPlaceModel): string | undefined {
  if (kind === 'header' && (name === 'authorization' || name === 'cookie')) return name;
  // RFC 6265 §4.1.1: a cookie's name is a token too.
  if ((kind === 'header' || kind === 'cookie') && !isToken(name)) return 'token';
  return kind === 'query' && name === '' ? 'empty' : undefined;
}
