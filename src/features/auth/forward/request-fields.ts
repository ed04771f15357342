import type { ForwardAuthModel } from '../../../config/model.ts';
import type { Exchange } from '../../../wire/exchange.ts';
import { VIA } from '../../../wire/via.ts';

/**
 * What isn't for the service: of the connection, and of the body, which it doesn't get (RFC 9110 §7.6.1, §8); conditions
 * and ranges, which are about another resource than the one it's asked for; what a tunnel begins with.
 */
const NOT_FOR_IT = new Set([
  'connection',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'expect',
  'forwarded',
  'host',
  'http2-settings',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'range',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-real-ip',
  'x-request-id',
  'x-rewrite-url',
]);

/** Names under which services believe what a proxy says of the request: nobody says it but us. */
const SAID_BY_US = /^x-(?:forwarded|original)-/;

/** The fields of the request to a service that decides: the client's, and what the client asks for. */
export function requestFields(
  exchange: Exchange,
  { requestHeaders }: Pick<ForwardAuthModel, 'requestHeaders'>,
): string {
  const { headers, peerAddress, clientAddress, authority } = exchange;
  const listed = requestHeaders === undefined ? undefined : new Set(requestHeaders);
  let text = '';
  headers.forEach((name, value) => {
    // As servers may read names: with `_` for `-`.
    const lower = name.toLowerCase().replaceAll('_', '-');
    if (NOT_FOR_IT.has(lower) || SAID_BY_US.test(lower) || listed?.has(lower) === false) return;
    text += `${name}: ${value}\r\n`;
  });
  const chain = exchange.peerTrusted ? headers.getCombined('x-forwarded-for') : undefined;
  return [
    text,
    `X-Forwarded-Method: ${exchange.method}\r\n`,
    `X-Forwarded-Proto: ${exchange.scheme}\r\n`,
    authority === '' ? '' : `X-Forwarded-Host: ${authority}\r\n`,
    `X-Forwarded-Uri: ${exchange.target}\r\n`,
    `X-Forwarded-For: ${chain === undefined ? '' : `${chain}, `}${peerAddress}\r\n`,
    `X-Real-IP: ${clientAddress}\r\n`,
    `X-Request-Id: ${exchange.id}\r\n`,
    `Via: ${VIA}\r\n`,
  ].join('');
}
