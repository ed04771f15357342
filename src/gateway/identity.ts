import { isIP, type BlockList } from 'node:net';
import type { Exchange } from '../wire/exchange.ts';
import { H } from '../wire/known-names.ts';
import { contains, rangesOf } from '../wire/address-ranges.ts';

/** Finds out who the client is and what address the browser sees, believing only proxies that the config lists. */
export type Identify = (exchange: Exchange) => void;

const REQUEST_ID = /^[\w.\-+/=:@]{1,128}$/;
const HOST = /^[A-Za-z0-9.\-_[\]:]{1,259}$/;

export function createIdentify(trustedProxies: readonly string[]): Identify {
  const trusted = trustedProxies.length === 0 ? undefined : rangesOf(trustedProxies);
  const nextId = requestIds();
  return (exchange) => {
    exchange.id = nextId();
    exchange.scheme = exchange.encrypted ? 'https' : 'http';
    exchange.authority = exchange.host;
    exchange.clientAddress = exchange.peerAddress;
    if (trusted === undefined || !contains(trusted, exchange.peerAddress)) return;
    exchange.peerTrusted = true;
    believe(exchange, trusted);
  };
}

/** All pairs of digits to the base of 36: writing out a number for each request costs five times as much. */
const LAST_DIGITS = Array.from({ length: 36 * 36 }, (_, number) => number.toString(36).padStart(2, '0'));

/** Ids that no other process gives, and no other request of this one. */
function requestIds(): () => string {
  const prefix = Math.random().toString(36).slice(2, 8).padStart(6, '0');
  let hundreds = 0;
  let last = 0;
  let start = `${prefix}-0`;
  return () => {
    if (++last === LAST_DIGITS.length) {
      last = 0;
      start = `${prefix}-${(++hundreds).toString(36)}`;
    }
    return start + (LAST_DIGITS[last] as string);
  };
}

function believe(exchange: Exchange, trusted: BlockList): void {
  const { headers } = exchange;
  const id = headers.getById(H['x-request-id']);
  if (id !== undefined && REQUEST_ID.test(id)) exchange.id = id;
  const proto = lastOf(headers.getCombined('x-forwarded-proto'))?.toLowerCase();
  if (proto === 'http' || proto === 'https') exchange.scheme = proto;
  const host = lastOf(headers.getCombined('x-forwarded-host'));
  if (host !== undefined && HOST.test(host)) exchange.authority = host;
  exchange.clientAddress = clientOf(headers.getCombined('x-forwarded-for'), trusted) ?? exchange.peerAddress;
}

/**
 * The chain is read from its end, where our own proxies wrote: the first address that isn't one of them is the client,
 * whatever stands further left may be anybody's invention.
 */
function clientOf(chain: string | undefined, trusted: BlockList): string | undefined {
  let client: string | undefined;
  for (const item of (chain ?? '').split(',').reverse()) {
    const address = addressOf(item.trim());
    if (address === undefined) break;
    client = address;
    if (!contains(trusted, address)) break;
  }
  return client;
}

/** Without brackets, port and IPv4-mapping. */
function addressOf(text: string): string | undefined {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  const unmapped = bare.toLowerCase().startsWith('::ffff:') && bare.includes('.') ? bare.slice(7) : bare;
  return isIP(unmapped) === 0 ? undefined : unmapped;
}

function lastOf(list: string | undefined): string | undefined {
  return list?.slice(list.lastIndexOf(',') + 1).trim();
}
