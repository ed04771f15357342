import { HeaderList } from '../header-list.ts';
import { BEFORE_RESPONSE } from '../name-guess.ts';
import { MessageHead } from './message-head.ts';

/**
 * Fields that mean something only in front of a body: framing, routing, authentication, content handling, CORS
 * (RFC 9110 §6.5.1). Dropped when they come as trailers, since a reader that merged them would act on them.
 */
const NOT_AS_TRAILER = new Set([
  'authorization',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'cookie',
  'expect',
  'forwarded',
  'host',
  'keep-alive',
  'location',
  'max-forwards',
  'origin',
  'pragma',
  'range',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'vary',
  'via',
  'www-authenticate',
  'x-real-ip',
  'x-request-id',
]);

/** Whole families of such names, known or yet to come. */
const NOT_AS_TRAILER_FAMILY = /^(?:access-control|proxy|x-forwarded)-/;

const MAX_TRAILERS = 64;

class TrailerBlock extends MessageHead {
  scan(text: string): number {
    const bytes = Buffer.from(text, 'latin1');
    this.reset(0);
    const end = this.scanFields(bytes, 0, bytes.length, MAX_TRAILERS, BEFORE_RESPONSE);
    this.seal(text);
    return end;
  }
}

/** Reads a whole trailer section (RFC 9112 §7.1.2), its empty line included. A string tells why it's refused. */
export function readTrailers(text: string): HeaderList | string | undefined {
  if (text === '\r\n') return undefined;
  const block = new TrailerBlock();
  if (block.scan(text) !== text.length) return block.reason || 'malformed trailers';
  // Dropping it would do for us; but Node's own parser refuses such a message, so it must not be whole for us.
  if (block.contentLength >= 0 || block.chunked) return 'framing among its trailers';
  const kept = new HeaderList();
  block.headers.forEach((name, value) => {
    const lower = name.toLowerCase();
    if (!NOT_AS_TRAILER.has(lower) && !NOT_AS_TRAILER_FAMILY.test(lower)) kept.append(name, value);
  });
  return kept.size === 0 ? undefined : kept;
}
