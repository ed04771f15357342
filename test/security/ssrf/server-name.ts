/**
 * The name that a TLS client asks for (RFC 8446 §4.1.2, RFC 6066 §3), '' for none. Undefined: the ClientHello isn't whole
 * yet. Just enough of a parser for one record that a test's own gateway has written.
 */
export function serverNameOf(record: Buffer): string | undefined {
  if (record.length < 5 || record.length < 5 + record.readUInt16BE(3)) return undefined;
  // Record (5), handshake (4), version (2), random (32); then the session's id, cipher suites and compression.
  let at = 43;
  at += 1 + record.readUInt8(at);
  at += 2 + record.readUInt16BE(at);
  at += 1 + record.readUInt8(at);
  const end = at + 2 + record.readUInt16BE(at);
  for (at += 2; at < end;) {
    const [type, length] = [record.readUInt16BE(at), record.readUInt16BE(at + 2)];
    // A list (2) of one name: its kind (1) and length (2).
    if (type === 0) return record.toString('latin1', at + 9, at + 4 + length);
    at += 4 + length;
  }
  return '';
}
