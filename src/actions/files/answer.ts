import type { Exchange } from '../../wire/exchange.ts';
import { Field, HeaderList } from '../../wire/header-list.ts';
import { H } from '../../wire/known-names.ts';
import { replyProblem } from '../../wire/problem.ts';
import { evaluateConditions, rangeApplies } from './conditions.ts';
import { isContentHashed } from './hashed-name.ts';
import { type ByteRange, selectRange } from './range.ts';
import type { Representation } from './representation.ts';
import { closeFile } from './root.ts';
import { sendFile } from './send-file.ts';

const ACCEPT_RANGES = new Field('Accept-Ranges', 'bytes');
const NOSNIFF = new Field('X-Content-Type-Options', 'nosniff');
const NO_CACHE = new Field('Cache-Control', 'no-cache');
const IMMUTABLE = new Field('Cache-Control', 'public, max-age=31536000, immutable');
const VARY_CODING = new Field('Vary', 'Accept-Encoding');
const VARY_NAVIGATION = new Field('Vary', 'Accept, Sec-Fetch-Dest, Sec-Fetch-Mode');

/** Answers a GET or HEAD with a representation, or with what its conditions and its range come to. Closes the file. */
export function answerWith(exchange: Exchange, representation: Representation, isFallback: boolean): void {
  const { file } = representation;
  const outcome = evaluateConditions(exchange.headers, representation);
  if (outcome === 'precondition-failed') {
    closeFile(file);
    return replyProblem(exchange, 'precondition-failed');
  }
  const headers = cacheHeaders(representation, isFallback);
  if (outcome === 'not-modified') {
    closeFile(file);
    exchange.open(304, headers, file.size);
    return exchange.end();
  }
  const range = requestedRange(exchange, representation);
  if (range === 'unsatisfiable') {
    closeFile(file);
    // RFC 9110 §15.5.17: tells the length, so that the client can ask again.
    return replyProblem(exchange, 'range-not-satisfiable', {
      headers: [new Field('Content-Range', `bytes */${file.size}`)],
    });
  }
  addContentHeaders(headers, representation);
  if (range === undefined) return sendFile(exchange, file, { status: 200, headers, start: 0, length: file.size });
  headers.append('Content-Range', `bytes ${range.first}-${range.last}/${file.size}`);
  const length = range.last - range.first + 1;
  sendFile(exchange, file, { status: 206, headers, start: range.first, length });
}

/** RFC 9110 §14.2: ranges are defined for GET only. */
function requestedRange(exchange: Exchange, representation: Representation): ByteRange | 'unsatisfiable' | undefined {
  if (exchange.method !== 'GET') return undefined;
  const field = exchange.headers.getById(H.range);
  if (field === undefined || !rangeApplies(exchange.headers, representation)) return undefined;
  return selectRange(field, representation.file.size);
}

/** What a 304 tells too (RFC 9110 §15.4.5). */
function cacheHeaders(representation: Representation, isFallback: boolean): HeaderList {
  const headers = new HeaderList();
  headers.append('ETag', representation.etag);
  headers.appendField(isImmutable(representation) ? IMMUTABLE : NO_CACHE);
  if (representation.negotiated) headers.appendField(VARY_CODING);
  if (isFallback) headers.appendField(VARY_NAVIGATION);
  return headers;
}

function addContentHeaders(headers: HeaderList, representation: Representation): void {
  headers.append('Content-Type', representation.contentType);
  if (representation.contentEncoding !== undefined) headers.append('Content-Encoding', representation.contentEncoding);
  headers.append('Last-Modified', representation.lastModifiedText);
  headers.appendField(ACCEPT_RANGES);
  headers.appendField(NOSNIFF);
}

/** A page names the hashed files of one build: whatever it's called, it must be asked for again. */
function isImmutable(representation: Representation): boolean {
  return !representation.contentType.startsWith('text/html') && isContentHashed(representation.segments);
}
