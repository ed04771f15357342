import type { EngineProfile } from './engine.ts';
import type { HeaderLines } from './request.ts';
import { fieldValues, type ReceivedResponse } from './response.ts';

/** Of requests whose answer may be without a head. */
const OLD_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A response's header lines as browsers cut them out of its bytes: a line feed ends a line, one that begins with
 * whitespace goes on with the line before (RFC 9112, 5.2: obs-fold), and the first colon ends the name.
 */
export function cutLines(headers: HeaderLines): HeaderLines {
  if (!headers.some(([name, value]) => name.includes(':') || value.includes('\n'))) return headers;
  const lines = headers.flatMap((line) =>
    line
      .join(': ')
      .replace(/\r?\n[\t ]+/g, ' ')
      .split(/\r?\n/),
  );
  return lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return colon <= 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const];
  });
}

/** A response to a request with that method, as the engine takes it from the wire. */
export function receive(response: ReceivedResponse, method: string, engine: EngineProfile): ReceivedResponse {
  const { fault } = response;
  if (fault === 'garbage' && engine.answersOldHttp && OLD_METHODS.has(method)) return { status: 200, headers: [] };
  const received = { ...response, headers: cutLines(response.headers) };
  if (fault !== undefined) return received;
  // RFC 9110, 5.5: NUL is nowhere allowed.
  if (received.headers.some((line) => line.join('').includes('\0'))) return { ...received, fault: 'garbage' };
  if (!engine.refusesTwoLengths) return received;
  // RFC 9112, 6.3: lengths that differ can't be recovered from.
  const lengths = new Set(fieldValues(received, 'content-length', engine));
  return lengths.size > 1 ? { ...received, fault: 'lengths' } : received;
}
