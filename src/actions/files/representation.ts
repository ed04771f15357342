import type { Exchange } from '../../wire/exchange.ts';
import type { HeaderList } from '../../wire/header-list.ts';
import { H } from '../../wire/known-names.ts';
import { type Coding, preferredCodings } from './accept-encoding.ts';
import type { Validators } from './conditions.ts';
import { contentTypeOf, isCompressible, mediaTypeOf } from './content-type.ts';
import { formatHttpDate } from './http-date.ts';
import { closeFile, type OpenFile, type Root } from './root.ts';
import type { AbsentSiblings } from './absent-siblings.ts';

/** A file as one client gets it: the bytes to send and what the headers say of them. */
export interface Representation extends Validators {
  readonly file: OpenFile;
  /** Name of the file that was asked for, without the extension of its coding. */
  readonly segments: readonly string[];
  readonly contentType: string;
  readonly contentEncoding: Coding['name'] | undefined;
  /** Whether another Accept-Encoding may get other bytes. */
  readonly negotiated: boolean;
  /** `lastModified` as an HTTP-date. */
  readonly lastModifiedText: string;
}

/** Where compressed siblings are looked for. */
export interface Lookup {
  readonly root: Root;
  readonly absent: AbsentSiblings;
}

/** A change within this time of another may leave the same modification time behind. */
const YOUNG = 1000;

/** Copying a build may write the compressed file a moment before the file itself. */
const TOLERATED_AGE = 2000;

/**
 * Chooses between a file and its compressed siblings, closing what isn't sent. The choice doesn't depend on Range: two
 * requests that differ only in the part they want must get parts of the same bytes.
 */
export async function represent(exchange: Exchange, file: OpenFile, lookup: Lookup): Promise<Representation> {
  const mediaType = mediaTypeOf(file.segments.at(-1) ?? '');
  const negotiated = isCompressible(mediaType);
  const accepted = negotiated ? preferredCodings(acceptEncoding(exchange.headers)) : [];
  for (const coding of accepted) {
    const sibling = await openSibling(file, coding, lookup);
    if (sibling === undefined) continue;
    closeFile(file);
    return describe(sibling, file.segments, { mediaType, negotiated, coding });
  }
  return describe(file, file.segments, { mediaType, negotiated, coding: undefined });
}

/** Nearly always one line: several are put together only if there are several. */
function acceptEncoding(headers: HeaderList): string | undefined {
  const id = H['accept-encoding'];
  return headers.countId(id) > 1 ? headers.getCombined('accept-encoding') : headers.getById(id);
}

async function openSibling(file: OpenFile, coding: Coding, { root, absent }: Lookup): Promise<OpenFile | undefined> {
  const segments = [...file.segments.slice(0, -1), file.segments.at(-1) + coding.extension];
  const key = segments.join('/');
  if (absent.has(key)) return undefined;
  const sibling = await openOrClose(root, segments, file);
  if (typeof sibling === 'object') {
    if (sibling.modified >= file.modified - TOLERATED_AGE) return sibling;
    // Left over from a build before: it would show what the file no longer says.
    closeFile(sibling);
  }
  absent.add(key);
  return undefined;
}

async function openOrClose(root: Root, segments: readonly string[], file: OpenFile): ReturnType<Root['open']> {
  try {
    return await root.open(segments);
  } catch (error) {
    closeFile(file);
    throw error;
  }
}

interface Choice {
  readonly mediaType: string;
  readonly negotiated: boolean;
  readonly coding: Coding | undefined;
}

function describe(file: OpenFile, segments: readonly string[], choice: Choice): Representation {
  const now = Date.now();
  const young = Math.abs(now - file.modified) < YOUNG;
  // RFC 9110 §8.8.2.1: never later than the message's own Date.
  const lastModified = Math.floor(Math.min(file.modified, now) / 1000) * 1000;
  return {
    file,
    segments,
    contentType: contentTypeOf(choice.mediaType),
    contentEncoding: choice.coding?.name,
    negotiated: choice.negotiated,
    etag: (young ? 'W/' : '') + entityTag(file, choice.coding),
    lastModified,
    lastModifiedText: formatHttpDate(lastModified),
    strongDate: !young && file.modified <= now,
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
