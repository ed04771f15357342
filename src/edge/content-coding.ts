/** What is known of the bytes that `fetch` gives for a body with a Content-Encoding. */
export type CodedBody = 'plain' | 'decoded' | 'coded' | 'unknown';

/** What every runtime that decodes by itself decodes. */
const DECODED: ReadonlySet<string> = new Set(['br', 'deflate', 'gzip', 'x-gzip']);
/** Workers leave the rest as it is. */
const DECODED_IN_WORKERS: ReadonlySet<string> = new Set(['br', 'gzip']);

/**
 * Whether `fetch` has decoded a body that was asked for without any coding, and came with one all the same. `decoded`: the
 * header and the length are of bytes that are no more. `unknown`: it depends on the runtime's version.
 */
export function codedBody(contentEncoding: string | null): CodedBody {
  const codings = (contentEncoding ?? '').split(',').map((coding) => coding.trim().toLowerCase());
  const coded = codings.filter((coding) => coding !== '' && coding !== 'identity');
  if (coded.length === 0) return 'plain';
  // Who asks Deno for a coding, or for none, decodes it.
  if ('Deno' in globalThis) return 'coded';
  if (isWorkers()) return all(coded, DECODED_IN_WORKERS) ? 'decoded' : coded.length === 1 ? 'coded' : 'unknown';
  return all(coded, DECODED) ? 'decoded' : 'unknown';
}

function isWorkers(): boolean {
  const { navigator } = globalThis as { readonly navigator?: { readonly userAgent?: string } };
  return navigator?.userAgent === 'Cloudflare-Workers';
}

function all(codings: readonly string[], known: ReadonlySet<string>): boolean {
  return codings.every((coding) => known.has(coding));
}
