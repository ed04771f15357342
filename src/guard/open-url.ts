import { refuse, type GuardRefusal } from './refusal.ts';

/**
 * The URL that a request of the open form names, as text: for `parseTargetUrl`. The forms:
 *
 * - `/proxy/https://host/path?query`, also with one slash after the scheme, where something on the way merged them;
 * - `/proxy/host/path` and `/proxy//host/path`: `https` is assumed;
 * - `/proxy/https%3A%2F%2Fhost%2Fpath%3Fquery`, percent-encoded once as a whole;
 * - `/proxy?url=https%3A%2F%2Fhost%2Fpath`, or `/proxy?url=https://host/path?query`, which takes all the rest.
 *
 * @param path of the request, as sent
 * @param query of the request with its `?`, or ''
 * @param stripPrefix what stands before the URL (`/proxy`); '' for none
 */
export function openTargetUrl(path: string, query: string, stripPrefix: string): string | GuardRefusal {
  const rest = path.startsWith(`${stripPrefix}/`) ? path.slice(stripPrefix.length + 1) : '';
  if (rest === '') return fromQuery(query);
  const [start, scheme = ''] = /^(https?)(?::|%3a)(?:\/|%2f){1,2}(?=[^/])/i.exec(rest) ?? [];
  if (start !== undefined) {
    const behind = rest.slice(start.length);
    // With a slash that isn't encoded, what else is encoded is so in the URL itself.
    if (!start.includes('/') && !behind.includes('/')) {
      const url = decodeOnce(behind);
      if (url === undefined) return refuse('guard-url-invalid', 'The URL is not percent-encoded as a whole.');
      return withQuery(`${scheme}://${url}`, query);
    }
    return `${scheme}://${decodeHost(behind)}${query}`;
  }
  // `host:8080/path` has a port, `ftp://…` and `javascript:…` a scheme.
  if (/^[a-z][a-z\d+.-]*(?::|%3a)(?!\d)/i.test(rest)) return rest;
  return `https://${decodeHost(rest.replace(/^\//, ''))}${query}`;
}

function fromQuery(query: string): string | GuardRefusal {
  const fail = (detail: string): GuardRefusal => refuse('guard-url-invalid', detail);
  if (!query.startsWith('?url=')) return fail('The request names no URL.');
  const value = query.slice('?url='.length);
  // Not encoded: what follows is the URL's own, `&` too. But of two URLs, others would take the last, or none.
  if (value.split('&').slice(1).some(isUrlParameter)) return fail('There are two URLs: percent-encode the whole one.');
  if (/^https?:\/\//i.test(value)) return value;
  if (value.includes('&')) return fail('`url` is not the only parameter: percent-encode the whole URL.');
  return decodeOnce(value.replaceAll('+', '%20')) ?? fail('The URL is not percent-encoded as a whole.');
}

function isUrlParameter(part: string): boolean {
  return decodeOnce(part.replace(/=.*$/s, ''))?.toLowerCase() === 'url';
}

/** A query behind a URL that was encoded belongs to it: it's what a library adds to the address it was given. */
function withQuery(url: string, query: string): string {
  if (query === '') return url;
  const bare = url.replace(/#.*$/s, '');
  return bare.includes('?') ? `${bare}&${query.slice(1)}` : bare + query;
}

function decodeOnce(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Letters beyond ASCII in a host, which browsers send percent-encoded in a path. What encodes ASCII is left, and refused. */
function decodeHost(text: string): string {
  const end = text.search(/[/?]|$/);
  const host = text.slice(0, end).replaceAll(/(?:%[89a-f][\da-f])+/gi, (escapes) => {
    return decodeOnce(escapes) ?? escapes;
  });
  return host + text.slice(end);
}
