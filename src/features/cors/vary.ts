import { Field, type HeaderList } from '../../wire/header-list.ts';
import { H } from '../../wire/known-names.ts';

const fields = new Map<string, Field>();

/**
 * Adds names to a response's Vary and keeps what is there (RFC 9110 §12.5.5): `*` stays as it is, a name that's listed
 * in any case isn't listed again, several lines become one.
 */
export function mergeVary(headers: HeaderList, names: readonly string[]): void {
  if (names.length === 0) return;
  if (!headers.hasId(H.vary)) {
    headers.appendField(varyField(names));
    return;
  }
  const present = headers
    .getAll('vary')
    .flatMap((value) => value.split(',').map((name) => name.trim()))
    .filter(Boolean);
  if (present.includes('*')) return;
  const known = new Set(present.map((name) => name.toLowerCase()));
  const missing = names.filter((name) => !known.has(name.toLowerCase()));
  if (missing.length > 0) headers.set('Vary', [...present, ...missing].join(', '));
}

function varyField(names: readonly string[]): Field {
  const value = names.join(', ');
  let field = fields.get(value);
  if (field === undefined) {
    field = new Field('Vary', value);
    // A handful of lists exist; the map can't grow with what strangers send.
    fields.set(value, field);
  }
  return field;
}
