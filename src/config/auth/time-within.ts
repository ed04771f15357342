import type { At } from '../schema/issues.ts';

/** Milliseconds as people write them. */
function written(milliseconds: number): string {
  for (const [unit, length] of [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const) {
    if (milliseconds >= length && milliseconds % length === 0) return `${milliseconds / length}${unit}`;
  }
  return milliseconds === 0 ? '0' : `${milliseconds}ms`;
}

/** The time, or the default; reports one that is out of bounds. */
export function timeWithin(
  value: number | undefined,
  { fallback, least = 0, most = Number.POSITIVE_INFINITY }: { fallback: number; least?: number; most?: number },
  { path, problems }: At,
): number {
  if (value === undefined) return fallback;
  const bound = value < least ? `at least ${written(least)}` : value > most ? `at most ${written(most)}` : undefined;
  if (bound !== undefined) problems.error('config-range', path, { value: written(value), bound });
  return value;
}
