import type { DiagnosticData } from '../diagnostic.ts';

type Value = DiagnosticData[string] | undefined;

/** A value as code. */
export function code(value: Value): string {
  return `\`${String(value)}\``;
}

/** Values as people list them: `a`, `b` or `c`. */
export function oneOf(values: Value): string {
  return series(values, 'or');
}

/** `a`, `b` and `c`. */
export function allOf(values: Value): string {
  return series(values, 'and');
}

function series(values: Value, word: string): string {
  const texts = listOf(values).map(code);
  if (texts.length < 2) return texts.join('');
  return `${texts.slice(0, -1).join(', ')} ${word} ${texts.at(-1)}`;
}

/** Words in prose, without the marks of code. */
export function inWords(values: Value): string {
  const texts = listOf(values);
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`;
}

function listOf(values: Value): readonly string[] {
  return typeof values === 'object' ? values : values === undefined ? [] : [String(values)];
}

/** The sentence that fits a reason; a plain one if none does. */
export function byReason(reasons: Readonly<Record<string, string>>, reason: Value): string {
  const known = String(reason);
  return (Object.hasOwn(reasons, known) ? reasons[known] : undefined) ?? known;
}

/** "Did you mean `x`?", or what there is to choose from. */
export function meant({ nearest, known }: DiagnosticData, nothing = ''): string {
  if (nearest !== undefined && nearest !== '') return `Did you mean ${code(nearest)}?`;
  const names = listOf(known);
  return names.length === 0 ? nothing : `Known: ${names.map(code).join(', ')}.`;
}
