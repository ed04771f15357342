/** What expanding `${…}` in a text gives: the text, or what is wrong with it. */
export type Expansion =
  | { readonly text: string }
  | { readonly problem: { readonly code: 'env-unset' | 'env-syntax'; readonly name: string; readonly text: string } };

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

const reference = /\$(\$?)\{([^{}]*)(\}?)/g;
const inside = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/**
 * Expands `${NAME}` and `${NAME:-default}`, which also stands in for an empty variable; `$${` is a literal `${`. A
 * variable that isn't set is a problem: an empty string in its place would be found much later.
 */
export function expandEnv(text: string, env: Environment): Expansion {
  let problem: { code: 'env-unset' | 'env-syntax'; name: string; text: string } | undefined;
  const expanded = text.replaceAll(reference, (all: string, escape: string, body: string, closed: string) => {
    if (escape !== '') return all.slice(1);
    const [, name, fallback] = (closed === '' ? null : inside.exec(body)) ?? [];
    if (name === undefined) {
      problem ??= { code: 'env-syntax', name: '', text: all };
      return '';
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (fallback !== undefined) return value === undefined || value === '' ? fallback : value;
    if (value === undefined) problem ??= { code: 'env-unset', name, text: all };
    return value ?? '';
  });
  return problem === undefined ? { text: expanded } : { problem };
}
