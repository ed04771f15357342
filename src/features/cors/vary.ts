import { mergeVary } from '../../cors/index.ts';
import type { HeaderList } from '../../wire/header-list.ts';

/** Adds names to a response's Vary and keeps what is there; see `mergeVary`. */
export function addToVary(headers: HeaderList, names: readonly string[]): void {
  if (names.length === 0) return;
  const present = headers.getAll('vary');
  const merged = mergeVary(present, names);
  if (merged !== undefined && (present.length > 1 || merged !== present[0])) headers.set('Vary', merged);
}
