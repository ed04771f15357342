import ipaddr from 'ipaddr.js';

/** `192.0.2.53`, `192.0.2.53:5300`, `::1`, `[::1]`, `[::1]:5300`: what Node's resolver takes. */
export function isDnsServer(text: string): boolean {
  if (ipaddr.IPv6.isValid(text)) return true;
  const [, literal = '', address = '', port = '53'] = /^(?:\[([^[\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const isAddress = literal === '' ? ipaddr.IPv4.isValidFourPartDecimal(address) : ipaddr.IPv6.isValid(literal);
  return isAddress && Number(port) > 0 && Number(port) <= 65_535;
}
