import { TEMPLATES, type ConsoleCode, type PrintingEngine } from './console-templates.ts';

/** Values for a template's placeholders. */
export type ConsoleValues = Readonly<Record<string, string | undefined>>;

/** A line of a browser's console, understood. */
export interface ConsoleReading {
  readonly code: ConsoleCode;
  /** Which of the code's texts it is, from 0: a code may be worded in more than one way. */
  readonly variant: number;
  /** What stood in the places of the template's placeholders. */
  readonly values: ConsoleValues;
}

const PART = /\[\?(\w+) ([^\]]*)\]|\{(\w+)\}/g;

/** A template with its values filled in. */
export function fillTemplate(template: string, values: ConsoleValues): string {
  return template.replace(PART, (_all, condition?: string, part?: string, name?: string) => {
    if (condition === undefined) return values[name ?? ''] ?? '';
    return values[condition] === undefined ? '' : fillTemplate(part ?? '', values);
  });
}

/** A longer text is no line of a console; trying all templates on it would take long. */
const LONGEST_TEXT = 8192;

/**
 * What a line of an engine's console means, as far as this model prints it; `undefined` for any other text. Takes the
 * message alone, as the engine writes it, in English.
 */
export function readConsoleMessage(engine: PrintingEngine, text: string): ConsoleReading | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  for (const [code, template] of TEMPLATES[engine]) {
    const match = patternOf(template).exec(text.trim());
    if (match === null) continue;
    const variant = TEMPLATES[engine].filter(([key]) => key === code).findIndex(([, each]) => each === template);
    return { code, variant, values: { ...match.groups } };
  }
  return undefined;
}

const patterns = new Map<string, RegExp>();

function patternOf(template: string): RegExp {
  const known = patterns.get(template);
  if (known !== undefined) return known;
  const made = new RegExp(`^${patternText(template.trim())}$`, 's');
  patterns.set(template, made);
  return made;
}

function patternText(template: string): string {
  let text = '';
  let end = 0;
  for (const { 0: all, 2: part, 3: name, index } of template.matchAll(PART)) {
    text += escapePattern(template.slice(end, index));
    text += part === undefined ? `(?<${name ?? ''}>.*?)` : `(?:${patternText(part)})?`;
    end = index + all.length;
  }
  return text + escapePattern(template.slice(end));
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
