import { MAX_ORIGIN_LENGTH, parseOrigin, type Origin, type OriginProblem } from '../protocol/origin.ts';
import { isIdnLabel } from '../protocol/punycode.ts';
import { ANY_PORT, type OriginRule } from './origin-rule.ts';

/** What is wrong with an origin or a pattern as written. */
export type EntryProblem = OriginProblem | 'wildcard' | 'wildcard-host' | 'wildcard-scheme' | 'idna' | 'too-long';

/** An entry of `origins` understood, or why not. */
export type EntryResult = { readonly rule: OriginRule } | { readonly problem: EntryProblem };

/** Reads an entry of `origins` that is a string. Says nothing about whether it's wise. */
export function readOriginEntry(text: string, group: number): EntryResult {
  if (text === '*') return { rule: { kind: 'any', text, group } };
  if (text.length > MAX_ORIGIN_LENGTH) return { problem: 'too-long' };
  const anyPort = text.endsWith(':*');
  const bare = anyPort ? text.slice(0, -2) : text;
  const stars = bare.split('*').length - 1;
  if (stars > 1) return { problem: 'wildcard' };
  if (stars === 1) return readPattern(bare, text, { group, anyPort });
  const parsed = readOrigin(bare);
  if ('problem' in parsed) return parsed;
  const { scheme, host, hostKind, port } = parsed.origin;
  if (!anyPort) return { rule: { kind: 'exact', text, group, scheme, host, hostKind, port } };
  // `https://a.test:8443:*` and schemes that know no ports.
  if (port !== '' || !isWeb(scheme)) return { problem: 'wildcard' };
  return { rule: { kind: 'port', text, group, scheme, host, port: ANY_PORT } };
}

function isWeb(scheme: string): boolean {
  return scheme === 'https' || scheme === 'http';
}

/** `parseOrigin`, and whether the `xn--` labels decode: that matters once, when a policy is made. */
function readOrigin(text: string): { origin: Origin } | { problem: EntryProblem } {
  const parsed = parseOrigin(text);
  if ('problem' in parsed || parsed.origin.hostKind !== 'name') return parsed;
  const labels = parsed.origin.host.split('.').filter((label) => label.startsWith('xn--'));
  return labels.every(isIdnLabel) ? parsed : { problem: 'idna' };
}

function readPattern(bare: string, text: string, at: { group: number; anyPort: boolean }): EntryResult {
  const star = bare.indexOf('*');
  const hostStart = bare.indexOf('://') + 3;
  if (hostStart < 3 || star < hostStart) return { problem: 'wildcard' };
  // A letter in the wildcard's place makes a pattern an origin, so that one grammar judges both.
  const parsed = readOrigin(`${bare.slice(0, star)}a${bare.slice(star + 1)}`);
  if ('problem' in parsed) return /^(?:idna|ipv)/.test(parsed.problem) ? { problem: 'wildcard-host' } : parsed;
  const { origin } = parsed;
  if (origin.hostKind !== 'name') return { problem: 'wildcard-host' };
  if (!isWeb(origin.scheme)) return { problem: 'wildcard-scheme' };
  if (at.anyPort && origin.port !== '') return { problem: 'wildcard' };
  const port = at.anyPort ? ANY_PORT : origin.port;
  return patternRule(origin, { text, group: at.group, port, star: star - hostStart });
}

interface PatternParts {
  readonly text: string;
  readonly group: number;
  readonly port: string;
  /** Where in the host the wildcard was. */
  readonly star: number;
}

function patternRule(origin: Origin, parts: PatternParts): EntryResult {
  const { scheme, host } = origin;
  const { text, group, port, star } = parts;
  const labelStart = host.lastIndexOf('.', star) + 1;
  const labelEnd = host.indexOf('.', star);
  // Nothing to the right would leave the top-level domain open; a star in the port is no host at all.
  if (star >= host.length || labelEnd === -1) return { problem: 'wildcard' };
  const suffix = host.slice(labelEnd + 1);
  const start = host.slice(labelStart, star);
  // Letters put into Punycode spell another name altogether.
  if (start.startsWith('xn--')) return { problem: 'wildcard-host' };
  const end = host.slice(star + 1, labelEnd);
  if (start === '' && end === '') {
    if (labelStart !== 0) return { problem: 'wildcard' };
    return { rule: { kind: 'subdomain', text, group, scheme, suffix, port } };
  }
  return {
    rule: {
      kind: 'label',
      text,
      group,
      scheme,
      left: host.slice(0, labelStart),
      start,
      end,
      suffix,
      port,
    },
  };
}
