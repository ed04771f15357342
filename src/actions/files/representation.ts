import { Field } from '../../wire/header-list.ts';
import type { Coding } from './accept-encoding.ts';
import type { Validators } from './conditions.ts';
import { contentTypeOf, isCompressible, mediaTypeOf } from './content-type.ts';
import { isContentHashed } from './hashed-name.ts';
import { formatHttpDate } from './http-date.ts';
import type { OpenFile } from './open-file.ts';

/** A file as one client gets it: the bytes to send and what the headers say of them. */
export interface Representation extends Validators {
  readonly file: OpenFile;
  /** Whether another Accept-Encoding may get other bytes. */
  readonly negotiated: boolean;
  /** What a 304 tells too (RFC 9110 §15.4.5). */
  readonly cacheFields: readonly Field[];
  /** What comes only with (a part of) the bytes. */
  readonly contentFields: readonly Field[];
}

const ACCEPT_RANGES = new Field('Accept-Ranges', 'bytes');
const NOSNIFF = new Field('X-Content-Type-Options', 'nosniff');
const NO_CACHE = new Field('Cache-Control', 'no-cache');
const IMMUTABLE = new Field('Cache-Control', 'public, max-age=31536000, immutable');
const VARY_CODING = new Field('Vary', 'Accept-Encoding');

/** A change within this time of another may leave the same modification time behind. */
const YOUNG = 1000;

/** What a file is when it's sent as the one that was asked for. */
export function representItself(file: OpenFile): Representation {
  if (file.asItself !== undefined) return file.asItself;
  const made = describe(file, file.segments, undefined);
  if (file.content !== undefined) file.asItself = made;
  return made;
}

/** What a file is when it's sent, compressed, in the place of the one that segments name. */
export function representSibling(sibling: OpenFile, segments: readonly string[], coding: Coding): Representation {
  if (sibling.asSibling !== undefined) return sibling.asSibling;
  const made = describe(sibling, segments, coding);
  if (sibling.content !== undefined) sibling.asSibling = made;
  return made;
}

/** @param segments of the file that was asked for, without the extension of its coding */
function describe(file: OpenFile, segments: readonly string[], coding: Coding | undefined): Representation {
  const mediaType = mediaTypeOf(segments.at(-1) ?? '');
  const negotiated = isCompressible(mediaType);
  const now = Date.now();
  const young = Math.abs(now - file.modified) < YOUNG;
  // RFC 9110 §8.8.2.1: never later than the message's own Date.
  const lastModified = Math.floor(Math.min(file.modified, now) / 1000) * 1000;
  const etag = (young ? 'W/' : '') + entityTag(file, coding);
  // A page names the hashed files of one build: whatever it's called, it must be asked for again.
  const immutable = mediaType !== 'text/html' && isContentHashed(segments);
  const cacheFields = [new Field('ETag', etag), immutable ? IMMUTABLE : NO_CACHE];
  if (negotiated) cacheFields.push(VARY_CODING);
  const contentFields = [new Field('Content-Type', contentTypeOf(mediaType))];
  if (coding !== undefined) contentFields.push(new Field('Content-Encoding', coding.name));
  contentFields.push(new Field('Last-Modified', formatHttpDate(lastModified)), ACCEPT_RANGES, NOSNIFF);
  return {
    file,
    negotiated,
    etag,
    lastModified,
    strongDate: !young && file.modified <= now,
    cacheFields,
    contentFields,
  };
}

/**
 * The inode is part of it because builds with fixed modification times (container layers, reproducible archives) replace
 * a file by another of the same size and time.
 */
function entityTag(file: OpenFile, coding: Coding | undefined): string {
  const parts = [file.size, Math.round(file.modified * 1000), file.inode].map((part) => part.toString(36));
  return `"${parts.join('-')}${coding === undefined ? '' : `-${coding.name}`}"`;
}
