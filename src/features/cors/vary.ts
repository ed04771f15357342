import { mergeVary } from '../../cors/index.ts';
import { Field, type HeaderList } from '../../wire/header-list.ts';
import { H } from '../../wire/known-names.ts';

const fields = new Map<string, Field>();

/** Adds names to a response's Vary and keeps what is there; see `mergeVary`. */
export function addToVary(headers: HeaderList, names: readonly string[]): void {
  if (names.length === 0) return;
  if (!headers.hasId(H.vary)) {
    headers.appendField(varyField(names));
    return;
  }
  const present = headers.getAll('vary');
  const merged = mergeVary(present, names);
  if (merged !== undefined && (present.length > 1 || merged !== present[0])) headers.set('Vary', merged);
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
