import type { ProxyModel } from '../../config/model.ts';
import { framingLine } from '../../upstream/framing-line.ts';
import type { UpstreamServer } from '../../upstream/upstream-server.ts';
import type { Exchange } from '../../wire/exchange.ts';
import { removeHopByHop, withHopByHop } from '../../wire/hop-by-hop.ts';
import { H, type KnownName } from '../../wire/known-names.ts';
import { VIA } from '../../wire/via.ts';

/** Fields that say who the client is: ours are the truth, a stranger's are dropped. */
const FORWARDED = [
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-real-ip',
  'forwarded',
  'x-request-id',
] as const satisfies readonly KnownName[];

/**
 * Nothing that we say ourselves, but frameworks believe them too: of the scheme (Rack), of what stands before the path
 * (Spring, ASP.NET), even of the path itself (IIS and its heirs), which then isn't the one that was routed on. From
 * trusted proxies they pass.
 */
const BELIEVED = [
  'x-forwarded-prefix',
  'x-forwarded-scheme',
  'x-forwarded-server',
  'x-forwarded-ssl',
  'x-original-url',
  'x-rewrite-url',
] as const satisfies readonly KnownName[];

const FROM_TRUSTED = withHopByHop('expect', 'host', ...FORWARDED);
const FROM_STRANGERS = withHopByHop('expect', 'host', ...FORWARDED, ...BELIEVED);

/**
 * The fields of the forwarded head that don't depend on the server: everything of the client's but what is
 * hop-by-hop, plus ours. Changes `exchange.headers`.
 */
export function forwardedFields(exchange: Exchange, model: ProxyModel): string {
  const { headers } = exchange;
  const trusted = exchange.peerTrusted;
  const teTrailers = headers.getById(H.te)?.toLowerCase().includes('trailers') ?? false;
  const chain = trusted ? headers.getCombined('x-forwarded-for') : undefined;
  const forwarded = trusted && model.forwarded ? headers.getCombined('forwarded') : undefined;
  removeHopByHop(headers, trusted ? FROM_TRUSTED : FROM_STRANGERS);
  const lines = trusted ? forwardedLines(exchange, chain) : linesOfConnection(exchange);
  let text = `${headers.serialize()}${lines}X-Request-Id: ${exchange.id}\r\n`;
  if (model.forwarded)
    text += `Forwarded: ${forwarded === undefined ? '' : `${forwarded}, `}${forwardedElement(exchange)}\r\n`;
  if (model.via) text += `Via: ${VIA}\r\n`;
  if (exchange.upgradeTo !== '') text += `Connection: Upgrade\r\nUpgrade: ${exchange.upgradeTo}\r\n`;
  else if (teTrailers) text += 'Connection: TE\r\nTE: trailers\r\n';
  if (exchange.expectsContinue) text += 'Expect: 100-continue\r\n';
  return text + framingLine(exchange);
}

/** A stranger's lines are the same for all requests of a connection, unless it asks for another host. */
function linesOfConnection(exchange: Exchange): string {
  const known = exchange.forwardedLines;
  if (known === undefined) return forwardedLines(exchange, undefined);
  if (known.text === '' || known.authority !== exchange.authority || known.scheme !== exchange.scheme) {
    known.scheme = exchange.scheme;
    known.authority = exchange.authority;
    known.text = forwardedLines(exchange, undefined);
  }
  return known.text;
}

/** @param chain X-Forwarded-For as a trusted proxy sent it */
function forwardedLines(exchange: Exchange, chain: string | undefined): string {
  const { peerAddress, authority } = exchange;
  // Joined and not added: one flat string, where each use of a sum would have to copy its parts one by one.
  return [
    `X-Forwarded-For: ${chain === undefined ? '' : `${chain}, `}${peerAddress}\r\n`,
    `X-Forwarded-Proto: ${exchange.scheme}\r\n`,
    authority === '' ? '' : `X-Forwarded-Host: ${authority}\r\n`,
    `X-Real-IP: ${exchange.clientAddress}\r\n`,
  ].join('');
}

/** RFC 7239 §4; IPv6 addresses are bracketed and quoted. */
function forwardedElement(exchange: Exchange): string {
  const peer = exchange.peerAddress;
  const node = peer.includes(':') ? `"[${peer}]"` : peer;
  const host = exchange.authority === '' ? '' : `;host="${exchange.authority}"`;
  return `for=${node};proto=${exchange.scheme}${host}`;
}

/** The whole head for one server. */
export function requestText(
  exchange: Exchange,
  path: string,
  fields: string,
  server: UpstreamServer,
  model: ProxyModel,
): string {
  const host = model.host === 'keep' && exchange.host !== '' ? exchange.host : server.authority;
  return `${exchange.method} ${server.basePath}${path}${exchange.query} HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`;
}
