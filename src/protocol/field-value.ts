/** Whether a text can be a header's value as it is (RFC 9110 §5.5), in one byte per character. */
export function isFieldValue(text: string): boolean {
  return /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/.test(text);
}
