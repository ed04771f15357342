import { lookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

const LOOPBACK: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/**
 * Resolves a server's name. `localhost` and names below it are both loopback addresses (RFC 6761 §6.3), also where the
 * system knows only one: a development server listens on whichever its own runtime found first.
 */
export const lookupHost: LookupFunction = (hostname, options, callback) => {
  const local = /^(?:.+\.)?localhost\.?$/i.test(hostname);
  if (!local || options.all !== true || (options.family !== undefined && options.family !== 0)) {
    return lookup(hostname, options, callback);
  }
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const found = error === null ? addresses : [];
    callback(null, [...found, ...LOOPBACK.filter(({ address }) => !found.some((each) => each.address === address))]);
  });
};
