import { inspectPath, pathReadings } from '../routing/index.ts';
import type { AllowRule } from './model.ts';

/** A path that isn't passed on, whatever the rules: a server may resolve it to another. */
export type UnsafePath = 'unsafe';

/**
 * Every way in which a server may read a path, itself first; `unsafe` if it can't be told (dot segments in any disguise,
 * broken escapes, control characters).
 *
 * @param path without its query
 */
export function readingsOf(path: string): readonly string[] | UnsafePath {
  const inspection = inspectPath(path);
  if (inspection === 'plain') return [path];
  // What can't stand in a request's path (RFC 9112 §3.2.1) is read differently by whoever is given it all the same.
  if (inspection !== 'suspicious' || /[^\x21-\x7e]|[?#]/.test(path)) return 'unsafe';
  const mapped = mapCompatible(path);
  const readings = [path, ...pathReadings(path)];
  if (mapped !== path) {
    if (readingsOf(mapped) === 'unsafe') return 'unsafe';
    readings.push(mapped, ...pathReadings(mapped));
  }
  return readings.some((reading) => PADDED_DOTS.test(reading)) ? 'unsafe' : readings;
}

/** Windows drops spaces at the end of names: `.. ` is `..` there. */
const PADDED_DOTS = /(?:^|[/\\])(?:%20)*\.{1,2}(?:%20)+(?:$|[/\\])|(?:^|[/\\])(?:%20)+\.{1,2}(?:$|[/\\])/;

/** Letters that some servers map to ASCII: `．` (full width) to a dot, `／` to a slash. The rest stays as it is. */
function mapCompatible(path: string): string {
  return path.replaceAll(/(?:%[89a-f][\da-f])+/gi, (escapes) => {
    try {
      const mapped = decodeURIComponent(escapes).normalize('NFKC');
      return /[\0-\x7f]/.test(mapped)
        ? encodeURIComponent(mapped).replaceAll(/%(?:2F|5C)/g, decodeURIComponent)
        : escapes;
    } catch {
      return escapes;
    }
  });
}

/** Whether a request is allowed by at least one rule, in each reading of its path. */
export function isAllowed(rules: readonly AllowRule[], method: string, readings: readonly string[]): boolean {
  const fitting = rules.filter(({ methods }) => methods === undefined || methods.has(method));
  return readings.every((path) => {
    const segments = upperEscapes(path).slice(1).split('/');
    return fitting.some((rule) => matches(rule.segments, segments));
  });
}

/** `*` is a segment with something in it: many servers take `/users/` for `/users`, which is another rule's business. */
function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  const rest = pattern.at(-1) === '**';
  const fixed = rest ? pattern.length - 1 : pattern.length;
  if (rest ? segments.length < fixed : segments.length !== fixed) return false;
  return pattern
    .slice(0, fixed)
    .every((text, index) => (text === '*' ? segments[index] !== '' : text === segments[index]));
}

/** Whether a path is `prefix` or lies below it, in whole segments and in each reading. */
export function isBelow(prefix: string, readings: readonly string[]): boolean {
  if (prefix === '') return true;
  return readings.every((reading) => {
    const path = upperEscapes(reading);
    return path === prefix || path.startsWith(`${prefix}/`);
  });
}

/** Two spellings of one byte are one (RFC 3986 §6.2.2.1). */
export function upperEscapes(path: string): string {
  return path.replaceAll(/%[\da-f]{2}/gi, (escape) => escape.toUpperCase());
}
