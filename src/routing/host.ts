import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { patternProblem, type PatternPlace } from './pattern.ts';

/** A host pattern: one name, or all names below one. */
export interface HostPattern {
  readonly kind: 'exact' | 'below';
  /** Lower case, IPv6 in brackets; for `below` the part after `*.`. */
  readonly name: string;
}

/** Takes a host pattern apart, or says what is wrong with it. */
export function parseHostPattern(host: string, at?: PatternPlace): HostPattern | Diagnostic {
  const fail = (reason: string): Diagnostic => patternProblem('route-host-invalid', at, { host, reason });

  if (host.includes('://')) return fail('scheme');
  const below = host.startsWith('*.');
  const text = below ? host.slice(2) : host;
  if (text.includes('*')) return fail('wildcard');
  if (text.startsWith('[')) {
    if (below) return fail('wildcard');
    if (/\]:\d+$/.test(text)) return fail('port');
    const name = canonicalName(text);
    return name === undefined ? fail('name') : { kind: 'exact', name };
  }
  if (/:\d*$/.test(text)) return fail('port');
  if (text === '' || /[\s/?#@:%\\<>^|"'`{}()[\],;!$&+=]/.test(text)) return fail('name');
  const name = canonicalName(text.endsWith('.') ? text.slice(0, -1) : text);
  return name === undefined ? fail('name') : { kind: below ? 'below' : 'exact', name };
}

function canonicalName(text: string): string | undefined {
  try {
    const name = new URL(`http://${text}`).hostname;
    return name === '' || name.startsWith('.') || name.includes('..') ? undefined : name;
  } catch {
    return undefined;
  }
}

/** The name in a Host field: without port and trailing dot, in lower case. */
export function hostName(host: string): string {
  if (host.charCodeAt(0) === 0x5b) {
    const end = host.indexOf(']');
    const literal = end === -1 ? host : host.slice(0, end + 1);
    return canonicalName(literal) ?? literal.toLowerCase();
  }
  const colon = host.indexOf(':');
  let end = colon === -1 ? host.length : colon;
  if (end > 0 && host.charCodeAt(end - 1) === 0x2e) end -= 1;
  return (end === host.length ? host : host.slice(0, end)).toLowerCase();
}
