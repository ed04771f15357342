import { show, type At } from './problem.ts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Firefox's cap, the highest of any browser. */
const LONGEST = 86_400;

/** Chromium's cap (its own constant; the standard leaves it to the browser). */
const CHROMIUM_CAP = 7200;

/** Validates `maxAge`: seconds, or `undefined` if the value is wrong. `false` and -1 become 0: not remembered. */
export function validateMaxAge(value: unknown, at: At): number | undefined {
  const { report, path } = at;
  if (value === false) return 0;
  const seconds = toSeconds(value);
  if (seconds === undefined) {
    report.error('cors-max-age-invalid', path, { value: show(value) });
    return undefined;
  }
  if (seconds < -1 || seconds > LONGEST) {
    report.error('cors-max-age-range', path, { value: show(value), seconds });
    return undefined;
  }
  if (seconds > CHROMIUM_CAP) report.inform('cors-max-age-capped', path, { value: show(value), seconds });
  return Math.max(0, seconds);
}

function toSeconds(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const match = /^(\d{1,9})([smhd])$/.exec(value);
  const unit = SECONDS[match?.[2] ?? ''];
  return unit === undefined ? undefined : Number(match?.[1]) * unit;
}
