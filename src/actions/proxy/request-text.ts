import type { ProxyModel } from '../../config/model.ts';
import type { UpstreamServer } from '../../upstream/upstream.ts';
import { UNKNOWN_LENGTH } from '../../wire/body.ts';
import type { Exchange } from '../../wire/exchange.ts';
import { markNames, removeHopByHop } from '../../wire/hop-by-hop.ts';
import { H } from '../../wire/known-names.ts';

/** Fields that say who the client is: ours are the truth, a stranger's are dropped. */
const FORWARDED = markNames(
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-real-ip',
  'forwarded',
  'x-request-id',
);

/**
 * Nothing that we say ourselves, but frameworks believe them too: of the scheme (Rack), of what stands before the path
 * (Spring, ASP.NET), even of the path itself (IIS and its heirs), which then isn't the one that was routed on. From
 * trusted proxies they pass.
 */
const BELIEVED = markNames(
  'x-forwarded-prefix',
  'x-forwarded-scheme',
  'x-forwarded-server',
  'x-forwarded-ssl',
  'x-original-url',
  'x-rewrite-url',
);

const EXPECT_AND_HOST = markNames('expect', 'host');

/** How Via names us: one name a process, so that a request that comes round again is noticed. */
export const VIA = `1.1 oneorigin-${Math.random().toString(36).slice(2, 8)}`;

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
  removeHopByHop(headers);
  headers.removeMarked(EXPECT_AND_HOST);
  headers.removeMarked(FORWARDED);
  if (!trusted) headers.removeMarked(BELIEVED);
  const peer = exchange.peerAddress;
  let text =
    headers.serialize() +
    `X-Forwarded-For: ${chain === undefined ? peer : `${chain}, ${peer}`}\r\n` +
    `X-Forwarded-Proto: ${exchange.scheme}\r\n` +
    (exchange.authority === '' ? '' : `X-Forwarded-Host: ${exchange.authority}\r\n`) +
    `X-Real-IP: ${exchange.clientAddress}\r\n` +
    `X-Request-Id: ${exchange.id}\r\n`;
  if (model.forwarded)
    text += `Forwarded: ${forwarded === undefined ? '' : `${forwarded}, `}${forwardedElement(exchange)}\r\n`;
  if (model.via) text += `Via: ${VIA}\r\n`;
  if (exchange.upgradeTo !== '') text += `Connection: Upgrade\r\nUpgrade: ${exchange.upgradeTo}\r\n`;
  else if (teTrailers) text += 'Connection: TE\r\nTE: trailers\r\n';
  if (exchange.expectsContinue) text += 'Expect: 100-continue\r\n';
  if (exchange.bodyLength === UNKNOWN_LENGTH) text += 'Transfer-Encoding: chunked\r\n';
  else if (exchange.bodyLength > 0 || METHODS_WITH_BODY.has(exchange.method)) {
    text += `Content-Length: ${exchange.bodyLength}\r\n`;
  }
  return text;
}

/** RFC 9110 §8.6: these say `Content-Length: 0` when their body is empty. */
const METHODS_WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);

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
