const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
};

/** A size as people write it: `64KiB`, `10MB`, or bytes without a unit. */
export const sizePattern = /^\d{1,12}(?:\.\d{1,3})?\s?(?:(?:[KMG]i?)?B)?$/i;

/** Bytes, or undefined if the text isn't a size. `KB` is 1000 bytes, `KiB` 1024. */
export function parseSize(text: string): number | undefined {
  if (!sizePattern.test(text)) return undefined;
  const match = /^([\d.]+)\s?([A-Z]*)$/i.exec(text);
  const bytes = Math.round(Number(match?.[1]) * (UNITS[(match?.[2] ?? '').toUpperCase()] ?? Number.NaN));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
