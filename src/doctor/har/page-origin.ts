import { fieldOf } from '../probe/response-parser.ts';
import type { Entry, Recording } from './read-har.ts';

/**
 * The origin of the page that made a request: its Origin header, its Referer, the document that the browser names, the page
 * that it belongs to, or what the user says; `undefined` if none of them tells. `null` only if nothing else is there: a
 * redirect makes `null` of a page's origin too.
 */
export function pageOriginOf(entry: Entry, recording: Recording, fallback: string | undefined): string | undefined {
  const sent = fieldOf(entry.headers, 'origin');
  if (sent !== undefined && sent !== 'null' && originOf(sent) === sent) return sent;
  return (
    originOf(fieldOf(entry.headers, 'referer') ?? '') ??
    (entry.type === 'preflight' ? undefined : originOf(entry.initiator)) ??
    originOf(recording.pages.get(entry.page) ?? '') ??
    fallback ??
    sent
  );
}

function originOf(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  return new URL(text).origin;
}
