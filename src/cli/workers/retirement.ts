import type { Model } from '../../config/index.ts';

/** Milliseconds that a worker whose place is taken may spend with its last clients. Infinity: as long as they like. */
export function retirement({ reload }: Pick<Model, 'reload'>): number {
  return reload.deadline > 0 ? reload.deadline : Number.POSITIVE_INFINITY;
}
