import type { Message, Reading } from './reading.ts';

/** Trailers that a proxy must not pass on: framing, routing, authentication, content handling (RFC 9110 §6.5.1). */
const DROPPED_TRAILERS =
  /^(?:access-control-.*|authorization|cache-control|connection|content-(?:encoding|length|range|type)|cookie|expect|forwarded|host|keep-alive|location|max-forwards|origin|pragma|proxy-.*|range|set-cookie|te|trailer|transfer-encoding|upgrade|vary|via|www-authenticate|x-(?:forwarded-.*|real-ip|request-id))$/i;

/** What both parsers made of a stream, counted. */
export interface Tally {
  streams: number;
  /** Messages that both took to their end. */
  accepted: number;
  withBody: number;
  withTrailers: number;
  /** Streams in which both took more than one message. */
  pipelined: number;
  bothRefused: number;
  /** Streams that only we refuse. */
  stricter: number;
}

export function emptyTally(): Tally {
  return { streams: 0, accepted: 0, withBody: 0, withTrailers: 0, pipelined: 0, bothRefused: 0, stricter: 0 };
}

/**
 * Holds our reading of a stream against llhttp's: we may stop earlier, but what we took llhttp has to have taken too,
 * and alike.
 * @returns what differs, or ''
 */
export function difference(ours: Reading, theirs: Reading): string {
  for (const [i, mine] of ours.messages.entries()) {
    const other = theirs.messages[i];
    if (other === undefined) return `message ${i} is accepted by us only (${theirs.refused || 'incomplete there'})`;
    const fault = messageDifference(mine, other);
    if (fault !== '') return `message ${i}: ${fault}`;
  }
  // We wait for more, or are content, where llhttp has refused within what we have taken whole.
  const last = ours.messages.at(-1);
  const stopped = ours.refused !== '' || (last?.complete === true && !last.keepAlive);
  if (!stopped && theirs.messages.length > ours.messages.length) return 'a message that only llhttp sees';
  return '';
}

function messageDifference(mine: Message, other: Message): string {
  if (mine.start !== other.start) return `${mine.start} and ${other.start}`;
  if (mine.version !== other.version) return `version ${mine.version} and ${other.version}`;
  const expected = routed(other);
  if (mine.target !== expected.target) return `target ${mine.target} and ${expected.target}`;
  if (!same(mine.headers, expected.headers)) return `headers ${show(mine.headers)} and ${show(expected.headers)}`;
  if (mine.complete && !other.complete) return `complete for us only, with the body ${JSON.stringify(mine.body)}`;
  if (mine.complete ? mine.body !== other.body : !other.body.startsWith(mine.body)) {
    return `bodies ${JSON.stringify(mine.body)} and ${JSON.stringify(other.body)}`;
  }
  if (mine.complete && !same(mine.trailers, keptTrailers(other.trailers))) {
    return `trailers ${show(mine.trailers)} and ${show(other.trailers)}`;
  }
  // An interim response says nothing of what comes after the final one.
  const interim = mine.start.startsWith('1');
  if (mine.keepAlive && !interim && !mayStayOpen(other)) return 'kept open by us only';
  return '';
}

/** Target and headers once the authority of an absolute-form target has replaced Host (RFC 9112 §3.2.2). */
function routed(message: Message): Pick<Message, 'target' | 'headers'> {
  const { target, headers } = message;
  const scheme = /^https?:\/\//i.exec(target)?.[0];
  if (scheme === undefined) return { target, headers };
  const rest = target.slice(scheme.length);
  const end = [...rest].findIndex((char) => char === '/' || char === '?');
  const authority = end < 0 ? rest : rest.slice(0, end);
  const path = end < 0 ? '' : rest.slice(end);
  const others = pairsOf(headers).filter(([name]) => name.toLowerCase() !== 'host');
  return {
    target: path.startsWith('/') ? path : `/${path}`,
    headers: [...others.flat(), 'Host', authority],
  };
}

/**
 * RFC 9112 §9.3, on what llhttp read. Its own verdict isn't asked: it takes Proxy-Connection for Connection, and doesn't
 * see an option that a tab follows. Whether to go on is ours to decide; what matters is where the next message begins.
 */
function mayStayOpen({ version, headers }: Message): boolean {
  const lines = pairsOf(headers).filter(([name]) => name.toLowerCase() === 'connection');
  const options = new Set(lines.flatMap(([, value]) => value.toLowerCase().split(',')).map((option) => option.trim()));
  return !options.has('close') && (version === 11 || options.has('keep-alive'));
}

function keptTrailers(trailers: readonly string[]): string[] {
  return pairsOf(trailers)
    .filter(([name]) => !DROPPED_TRAILERS.test(name))
    .flat();
}

function pairsOf(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i] as string, flat[i + 1] as string]);
  return pairs;
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, i) => text === other[i]);
}

function show(flat: readonly string[]): string {
  return JSON.stringify(flat);
}

/** @throws if the two readings of ours differ, but for the words of a refusal */
export function expectSame(one: Reading, other: Reading, what: string): void {
  if (JSON.stringify(withCode(one)) !== JSON.stringify(withCode(other))) {
    throw new Error(`${what}\none:   ${JSON.stringify(one)}\nother: ${JSON.stringify(other)}`);
  }
}

function withCode({ messages, refused }: Reading): Reading {
  return { messages, refused: refused.replace(/:.*/s, '') };
}

export function count(tally: Tally, ours: Reading, theirs: Reading): void {
  const complete = ours.messages.filter((message) => message.complete);
  tally.streams++;
  tally.accepted += complete.length;
  tally.withBody += complete.filter(({ body }) => body !== '').length;
  tally.withTrailers += complete.filter(({ trailers }) => trailers.length > 0).length;
  if (complete.length > 1) tally.pipelined++;
  if (ours.refused !== '' && theirs.refused !== '') tally.bothRefused++;
  if (ours.refused !== '' && theirs.refused === '') tally.stricter++;
}
