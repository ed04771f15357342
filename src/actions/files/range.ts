/** A part of a representation, both ends included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

const RANGE = /^(?:(\d+)-(\d*)|-(\d+))$/;

/**
 * The one part that a Range field asks for (RFC 9110 §14.1.2). Undefined when the field is to be ignored, which is
 * always allowed (§14.2): another unit, bad syntax, or several ranges, whose multipart answers clients rarely read and
 * attackers like.
 */
export function selectRange(field: string, size: number): ByteRange | 'unsatisfiable' | undefined {
  const equals = field.indexOf('=');
  if (equals === -1 || field.slice(0, equals).trim().toLowerCase() !== 'bytes') return undefined;
  const specs = field
    .slice(equals + 1)
    .split(',')
    .map((spec) => spec.trim())
    .filter((spec) => spec !== '');
  const match = specs.length === 1 ? RANGE.exec(specs[0] ?? '') : null;
  if (match === null) return undefined;
  const [, from, to, suffix] = match;
  return suffix === undefined ? between(Number(from), to ?? '', size) : lastBytes(Number(suffix), size);
}

function between(first: number, to: string, size: number): ByteRange | 'unsatisfiable' | undefined {
  const last = to === '' ? Infinity : Number(to);
  if (last < first) return undefined;
  return first < size ? { first, last: Math.min(last, size - 1) } : 'unsatisfiable';
}

/** An empty file has a satisfiable suffix that no Content-Range can express: it's sent whole. */
function lastBytes(count: number, size: number): ByteRange | 'unsatisfiable' | undefined {
  if (count === 0) return 'unsatisfiable';
  return size === 0 ? undefined : { first: Math.max(0, size - count), last: size - 1 };
}
