import { parseIpv4, parseIpv6, isIpv4Mapped } from '../protocol/ip-address.ts';

/** Local Network Access, "IP address space": how widely an address is known. */
export type AddressSpace = 'loopback' | 'local' | 'public';

/** From the narrowest to the widest. */
export const SPACES: readonly AddressSpace[] = ['loopback', 'local', 'public'];

/** The space of an IP address without brackets. IPv4 addresses in IPv6 clothes count as what they are. */
export function addressSpace(address: string): AddressSpace {
  const v4 = parseIpv4(address);
  if (v4 !== undefined) return ipv4Space(v4);
  const v6 = parseIpv6(address);
  if (v6 === undefined) return 'public';
  if (isIpv4Mapped(v6)) return ipv4Space([6, 7].flatMap((at) => [(v6[at] ?? 0) >> 8, (v6[at] ?? 0) & 0xff]));
  if (v6.every((piece, at) => piece === (at === 7 ? 1 : 0))) return 'loopback';
  const first = v6[0] ?? 0;
  return (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80 ? 'local' : 'public';
}

function ipv4Space([a = 0, b = 0]: readonly number[]): AddressSpace {
  if (a === 127) return 'loopback';
  const isLocal =
    a === 10 ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b <= 127);
  return isLocal ? 'local' : 'public';
}
