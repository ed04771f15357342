import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { patternProblem, type PatternPlace } from './pattern.ts';
import { canonicalPath, inspectPath } from './path-safety.ts';

/** One step of a path pattern. */
export type Segment =
  | { readonly kind: 'static'; readonly text: string }
  | { readonly kind: 'param'; readonly name: string };

/** A path pattern, taken apart. */
export interface PathPattern {
  readonly segments: readonly Segment[];
  /** Ends in `/*`: matches what is below, and the path itself. */
  readonly rest: boolean;
  /** The pattern with the names of parameters left out: equal shapes match the same paths. */
  readonly shape: string;
}

const paramName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Takes a path pattern apart, or says what is wrong with it. */
export function parsePathPattern(path: string, at?: PatternPlace): PathPattern | Diagnostic {
  const fail = (reason: string, segment = ''): Diagnostic =>
    patternProblem('route-path-invalid', at, { path, reason, segment });

  if (!path.startsWith('/')) return fail('no-slash');
  if (/[?#]/.test(path)) return fail('query');
  const texts = path.slice(1).split('/');
  const rest = texts.at(-1) === '*';
  if (rest) texts.pop();

  const segments: Segment[] = [];
  const names = new Set<string>();
  for (const [index, text] of texts.entries()) {
    if (text === '' && index < texts.length - 1) return fail('empty-segment');
    if (text === '' && rest) return fail('empty-segment');
    if (text.startsWith(':')) {
      const name = text.slice(1);
      if (!paramName.test(name)) return fail('param-name', text);
      if (names.has(name)) return fail('param-twice', text);
      names.add(name);
      segments.push({ kind: 'param', name });
      continue;
    }
    if (text.includes('*')) return fail('inner-wildcard', text);
    if (text.includes('/:') || /[;\\]|%2f|%5c|%3b/i.test(text)) return fail('separator', text);
    const inspected = inspectPath(`/${text}`);
    if (inspected !== 'plain' && inspected !== 'suspicious') return fail(inspected, text);
    // What browsers send: `café` arrives as `caf%C3%A9`.
    segments.push({ kind: 'static', text: canonicalPath(`/${text}`).slice(1) });
  }
  return { segments, rest, shape: shapeOf(segments, rest) };
}

function shapeOf(segments: readonly Segment[], rest: boolean): string {
  const parts = segments.map((segment) => (segment.kind === 'param' ? ':' : segment.text));
  if (rest) parts.push('*');
  return `/${parts.join('/')}`;
}

/** Names of the parameters of a pattern, in order. */
export function paramNames(pattern: PathPattern): string[] {
  return pattern.segments.flatMap((segment) => (segment.kind === 'param' ? [segment.name] : []));
}
