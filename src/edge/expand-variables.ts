import { expandEnv } from '../config/env.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';

/** A config with its variables filled in, or what is wrong with them. */
export interface Expanded {
  readonly value: unknown;
  readonly problems: readonly Diagnostic[];
}

/** Deeper than any config, and not as deep as a stack. */
const DEEPEST = 64;

/** Fills `${NAME}` in, in every text but keys, as the gateway does where it reads a config from a file. */
export function expandVariables(config: unknown, bindings: object): Expanded {
  const problems: Diagnostic[] = [];
  const env = textsOf(bindings);
  const expand = (value: unknown, path: readonly (string | number)[]): unknown => {
    if (typeof value === 'string') return value.includes('${') ? expandText(value, path) : value;
    if (typeof value !== 'object' || value === null || path.length > DEEPEST) return value;
    if (Array.isArray(value)) return value.map((item, index) => expand(item, [...path, index]));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, [...path, key])]));
  };
  const expandText = (text: string, path: readonly (string | number)[]): unknown => {
    const result = expandEnv(text, env);
    if ('text' in result) return result.text;
    const { code, name, text: written } = result.problem;
    const known = code === 'env-unset' ? 'edge-variable-unset' : code;
    problems.push({ code: known, severity: 'error', data: { name, text: written }, path });
    return text;
  };
  return { value: expand(config, []), problems };
}

/** A Worker's `env` holds buckets and databases too. */
function textsOf(bindings: object): Record<string, string> {
  const texts = Object.entries(bindings).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(texts);
}
