/** The width that every terminal has. */
export const WIDTH = 80;

/** A text in lines of at most `WIDTH`, each with this indent. Words that are longer stay whole: they are copied. */
export function wrap(text: string, indent: string, first = indent): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

/** A shell command over several lines, so that it can be copied whole. */
export function wrapCommand(command: string, indent: string): string[] {
  const parts = command.split(/ (?=-H |--data )/);
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + part.length + 3 <= WIDTH) lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(last === undefined ? indent + part : `${indent}  ${part}`);
  }
  return lines.map((line, index) => (index === lines.length - 1 ? line : `${line} \\`));
}
