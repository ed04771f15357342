const CONTROLS = /[\u007f-\u009f]/g;
const ALL_CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g;

/** A value as one line of JSON. The control characters that JSON leaves as they are would still paint a terminal. */
export function jsonLine(value: object): string {
  const text = JSON.stringify(value);
  if (text.search(CONTROLS) < 0) return text;
  return text.replaceAll(CONTROLS, (char) => `\\u00${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** What strangers send must not forge lines or paint terminals. */
export function printable(text: string): string {
  if (text.search(ALL_CONTROLS) < 0) return text;
  return text.replaceAll(ALL_CONTROLS, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
