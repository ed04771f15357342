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
  const lines: string[] = [];
  for (const part of splitCommand(command)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + part.length + 3 <= WIDTH) lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(last === undefined ? indent + part : `${indent}  ${part}`);
  }
  return lines.map((line, index) => (index === lines.length - 1 ? line : `${line} \\`));
}

/** A text of at most this many characters: what is in its middle gives way, as both ends of a URL tell most. */
export function shorten(text: string, width: number): string {
  const room = Math.max(1, Math.floor(width));
  if (text.length <= room) return text;
  const end = Math.floor((room - 1) / 3);
  return `${text.slice(0, room - 1 - end)}…${text.slice(text.length - end)}`;
}

/** A line that nobody copies, in lines of at most `WIDTH`: broken between words, or anywhere in one that is too long. */
export function breakLine(line: string, indent: string): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > WIDTH) {
    const space = rest.lastIndexOf(' ', WIDTH);
    const at = space > WIDTH / 2 ? space : WIDTH;
    lines.push(rest.slice(0, at).trimEnd());
    rest = indent + rest.slice(at).trimStart();
  }
  return [...lines, rest];
}

/** A shell command with an option on each line. */
export function spreadCommand(command: string): string {
  return splitCommand(command).join(' \\\n  ');
}

function splitCommand(command: string): string[] {
  return command.split(/ (?=-H |--data )/);
}
