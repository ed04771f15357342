const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/** UTF-8 as a string of bytes, one character each. */
export function encodeBytes(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

/** A string of bytes, one character each, read as UTF-8; what is none becomes U+FFFD. */
export function decodeBytes(bytes: string): string {
  return DECODER.decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
}
