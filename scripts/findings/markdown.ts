/** A place where generated text tells that it is. */
export const GENERATED =
  '<!-- Written by `node scripts/findings.mjs`: change the catalogue or scripts/findings instead. -->';

/** Parts of a page with a blank line between two; empty ones are left out. */
export function page(...parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** A piece of code, fenced so that nothing in it can end it. */
export function fence(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const mark = '`'.repeat(longest + 1);
  return `${mark}${language}\n${text.trimEnd()}\n${mark}`;
}

/** A heading with what follows, or nothing if nothing follows. */
export function section(title: string, ...parts: readonly string[]): string {
  const filled = parts.filter((part) => part !== '');
  return filled.length === 0 ? '' : [`## ${title}`, ...filled].join('\n\n');
}

/** A sentence of the catalogue: what stands outside of code is no markup. */
export function prose(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll(/[<>[\]*_|\\]/g, (sign) => `\\${sign}`)))
    .join('');
}
