import { originOfTarget, passesRequestHeader, type Hop } from '../../guard/index.ts';
import { framingLine } from '../../upstream/framing-line.ts';
import type { Exchange } from '../../wire/exchange.ts';
import { Field } from '../../wire/header-list.ts';
import type { RequestFraming } from '../../wire/http1/client-connection.ts';
import { viaForOutside } from '../../wire/via.ts';
import type { GuardAction } from './guard.ts';

/** Lines that the config adds to requests. */
export interface AddedLines {
  readonly text: string;
  /** In lower case: a client's own of these names are dropped. */
  readonly names: ReadonlySet<string>;
}

/** Makes the lines of a named target's `headers`. */
export function addedLines(headers: readonly (readonly [name: string, value: string])[]): AddedLines {
  return {
    text: headers.map(([name, value]) => new Field(name, value).line).join(''),
    names: new Set(headers.map(([name]) => name.toLowerCase())),
  };
}

/** What a WebSocket's handshake says (RFC 6455 §4.1), beside Origin. */
const HANDSHAKE: ReadonlySet<string> = new Set([
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-protocol',
  'sec-websocket-version',
]);

/**
 * The whole head of one hop's request. Of the client's lines only what the guard lets through, and nothing about the
 * client: whom a page asks for is nobody's to know by X-Forwarded-For.
 * @param exchange whose headers have no hop-by-hop lines any more
 */
export function requestText(exchange: Exchange, action: GuardAction, hop: Hop, framing: RequestFraming): string {
  const { model, added, via } = action;
  const { upgradeTo, headers } = exchange;
  let text = `${hop.method} ${hop.path} HTTP/1.1\r\nHost: ${authorityOf(hop)}\r\n`;
  headers.forEach((name, value) => {
    const lower = name.toLowerCase();
    if (!passesRequestHeader(model, lower, hop) && !(upgradeTo !== '' && HANDSHAKE.has(lower))) return;
    if (hop.credentials && added.names.has(lower)) return;
    text += `${name}: ${value}\r\n`;
  });
  if (hop.credentials) text += added.text;
  if (via) text += `Via: ${viaForOutside(headers)}\r\n`;
  if (upgradeTo !== '') text += `Connection: Upgrade\r\nUpgrade: ${upgradeTo}\r\n`;
  if (exchange.expectsContinue && framing.bodyLength !== 0) text += 'Expect: 100-continue\r\n';
  return `${text}${framingLine(framing)}\r\n`;
}

/** `host[:port]`, as Host names it: without the scheme's own port. */
function authorityOf({ target }: Hop): string {
  return originOfTarget(target).slice(`${target.protocol}://`.length);
}
