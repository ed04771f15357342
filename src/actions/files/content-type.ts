import mime from 'mime';

const UNKNOWN = 'application/octet-stream';

/** Names without an extension whose type their specification fixes. */
const FIXED = new Map([['apple-app-site-association', 'application/json']]);

const COMPRESSIBLE =
  /^(?:text\/|application\/(?:json|javascript|wasm|xml|manifest\+json|rtf|vnd\.ms-fontobject)|font\/(?:ttf|otf|collection)|image\/(?:bmp|x-ms-bmp|x-icon|vnd\.microsoft\.icon)|.*\+(?:json|xml)$)/;

/** The media type of a file by its name, without parameters. */
export function mediaTypeOf(name: string): string {
  return knownType(name) ?? FIXED.get(name) ?? UNKNOWN;
}

/** The Content-Type of a media type: text is UTF-8, because that's what build tools write. */
export function contentTypeOf(mediaType: string): string {
  return mediaType.startsWith('text/') ? `${mediaType}; charset=utf-8` : mediaType;
}

/** Whether a file of this type may have compressed siblings: what is compressed by itself has none. */
export function isCompressible(mediaType: string): boolean {
  return COMPRESSIBLE.test(mediaType);
}

/** Whether a name ends in an extension with a known type. */
export function hasKnownExtension(name: string): boolean {
  return knownType(name) !== undefined;
}

function knownType(name: string): string | undefined {
  const dot = name.lastIndexOf('.');
  return dot === -1 ? undefined : (mime.getType(name.slice(dot + 1)) ?? undefined);
}
