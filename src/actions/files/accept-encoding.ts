/** A content coding and the extension of files that are stored in it. */
export interface Coding {
  readonly name: 'br' | 'zstd' | 'gzip';
  readonly extension: string;
  /** Its place among all codings. */
  readonly index: number;
}

/** What we can send besides the file as it is, the densest first: that's the order when a client likes them equally. */
const CODINGS: readonly Coding[] = [
  { name: 'br', extension: '.br', index: 0 },
  { name: 'zstd', extension: '.zst', index: 1 },
  { name: 'gzip', extension: '.gz', index: 2 },
];

const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i;

/** Browsers send a handful of different fields, all of them always the same. */
const known = new Map<string, readonly Coding[]>();
const MAX_KNOWN = 100;
const MAX_KNOWN_LENGTH = 100;

/** The codings worth looking for, the best first (RFC 9110 §12.5.3). Those liked less than no coding are left out. */
export function preferredCodings(field: string | undefined): readonly Coding[] {
  if (field === undefined || field === '') return [];
  let codings = known.get(field);
  if (codings === undefined) {
    codings = readCodings(field);
    if (known.size === MAX_KNOWN) known.clear();
    if (field.length <= MAX_KNOWN_LENGTH) known.set(field, codings);
  }
  return codings;
}

function readCodings(field: string): readonly Coding[] {
  const weights = parseWeights(field);
  const any = weights.get('*') ?? 0;
  const identity = weights.get('identity') ?? 0;
  const weightOf = (coding: Coding): number =>
    weights.get(coding.name) ?? (coding.name === 'gzip' ? weights.get('x-gzip') : undefined) ?? any;
  return CODINGS.filter((coding) => weightOf(coding) > 0 && weightOf(coding) >= identity).toSorted(
    (a, b) => weightOf(b) - weightOf(a),
  );
}

/** A coding whose weight can't be read is one we don't send. */
function parseWeights(field: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const item of field.split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim());
    if (name === '') continue;
    const weight = parameters[0] === undefined ? '1' : WEIGHT.exec(parameters[0])?.[1];
    weights.set(name.toLowerCase(), Number(weight ?? 0));
  }
  return weights;
}
