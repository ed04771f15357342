/** The four octets of an IPv4 address in the form that browsers serialise, or `undefined`. */
export function parseIpv4(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const octets: number[] = [];
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part)) return undefined;
    const octet = Number(part);
    if (octet > 255) return undefined;
    octets.push(octet);
  }
  return octets;
}

/**
 * Whether the URL Standard (host parsing, "ends in a number checker") would take the host for an IPv4 address: its last
 * label is a number.
 */
export function endsInNumber(host: string): boolean {
  const last = host.slice(host.lastIndexOf('.') + 1);
  return /^(?:\d+|0x[\da-f]*)$/i.test(last);
}

/** The eight pieces of an IPv6 address without brackets (RFC 4291, 2.2), or `undefined`; zone identifiers fail. */
export function parseIpv6(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = pieces(halves[0] ?? '', halves.length === 1);
  const tail = pieces(halves[1] ?? '', true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

function pieces(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return [];
  const result: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[\da-f]{1,4}$/i.test(part)) {
      result.push(Number.parseInt(part, 16));
      continue;
    }
    const octets = mayEndInIpv4 && index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (octets === undefined) return undefined;
    const [a = 0, b = 0, c = 0, d = 0] = octets;
    result.push(a * 256 + b, c * 256 + d);
  }
  return result;
}

/** An IPv6 address as browsers write it, without brackets (URL Standard, IPv6 serializer; RFC 5952). */
export function serializeIpv6(address: readonly number[]): string {
  const run = longestZeroRun(address);
  const hex = (part: readonly number[]): string => part.map((piece) => piece.toString(16)).join(':');
  if (run === undefined) return hex(address);
  return `${hex(address.slice(0, run.start))}::${hex(address.slice(run.start + run.length))}`;
}

function longestZeroRun(address: readonly number[]): { start: number; length: number } | undefined {
  let best: { start: number; length: number } | undefined;
  let start = 0;
  for (let i = 0; i <= address.length; i++) {
    if (address[i] === 0) continue;
    const length = i - start;
    if (length > 1 && length > (best?.length ?? 1)) best = { start, length };
    start = i + 1;
  }
  return best;
}

/** Whether the address is an IPv4 address in IPv6 clothes: `::ffff:0:0/96` (RFC 4291, 2.5.5.2). */
export function isIpv4Mapped(address: readonly number[]): boolean {
  return address[5] === 0xffff && address.slice(0, 5).every((piece) => piece === 0);
}
