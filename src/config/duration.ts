const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A length of time as people write it: `250ms`, `5s`, `1h30m`; 0 for "no limit". */
export const durationPattern = /^(?:\d{1,9}(?:ms|s|m|h|d))+$/;

/** The longest timer Node keeps: 2^31 - 1 ms, almost 25 days. */
export const LONGEST_DURATION = 2_147_483_647;

/** Milliseconds, or undefined if the text isn't a duration or is longer than a timer can be. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!durationPattern.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (UNITS[unit ?? ''] ?? 0);
  }
  return total <= LONGEST_DURATION ? total : undefined;
}
