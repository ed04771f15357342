import type { PathParams } from './pattern.ts';

/** A path or URL with `:param`, `*` and `{query}` in it, taken apart: literal text, or the name of what goes there. */
export type Template = readonly (string | { readonly fill: string })[];

/** Takes a template apart. A parameter begins a path segment; in a URL only the path has any. */
export function parseTemplate(text: string): Template {
  const parts: (string | { readonly fill: string })[] = [];
  // Scheme and authority hold colons of their own.
  const begin = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i.exec(text)?.[0].length ?? 0;
  let done = 0;
  for (const match of text.slice(begin).matchAll(/(?<=\/):[A-Za-z_][A-Za-z0-9_]*|\*|\{query\}/g)) {
    const at = begin + match.index;
    if (at > done) parts.push(text.slice(done, at));
    parts.push({ fill: match[0].startsWith(':') ? match[0].slice(1) : match[0] });
    done = at + match[0].length;
  }
  if (done < text.length) parts.push(text.slice(done));
  return parts;
}

/** The names that a template fills in: parameters, `*`, `{query}`. */
export function templateNames(template: Template): string[] {
  return template.flatMap((part) => (typeof part === 'string' ? [] : [part.fill]));
}

/**
 * Fills a template in. `query` is the request's, with its `?`, or empty; `{query}` takes all of it.
 *
 * A path never comes to begin with two slashes: as a Location it would name another host.
 */
export function fillTemplate(template: Template, params: PathParams | undefined, query: string): string {
  let filled = '';
  for (const part of template) {
    if (typeof part === 'string') filled += part;
    else filled += part.fill === '{query}' ? query : (params?.[part.fill] ?? '');
  }
  return filled.startsWith('/') ? filled.replace(/^\/[/\\]+/, '/') : filled;
}
