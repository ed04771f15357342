import { describe, expect, it } from 'vitest';
import { difference } from './compare.ts';
import { RequestEngine, ResponseEngine } from './engine.ts';
import { Llhttp } from './oracle.ts';

const REQUESTS = [
  'GET /a HTTP/1.1\r\nHost: a\r\nX: b c\r\n\r\n',
  'PUT http://a/ HTTP/1.0\r\nHost:b\r\nConnection: keep-alive\r\n\r\n',
  'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\nabcdefghijklGET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;a="b"\r\nx\r\n0\r\nT: 1\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n',
];

const RESPONSES = [
  'HTTP/1.1 200 OK\r\nContent-Length: 12\r\nX: b c\r\n\r\nabcdefghijkl',
  'HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b\r\nx\r\n0\r\nT: 1\r\n\r\n',
  'HTTP/1.0 204 No\r\nConnection: keep-alive\r\n\r\nHTTP/1.1 304 No\r\nContent-Length: 3\r\n\r\n',
];

/** The text with each byte in turn replaced by each other, or each inserted before it, and with each taken out. */
function* neighbours(text: string): Generator<string> {
  for (let at = 0; at < text.length; at++) {
    const [before, after] = [text.slice(0, at), text.slice(at + 1)];
    yield before + after;
    for (let byte = 0; byte < 256; byte++) {
      const char = String.fromCharCode(byte);
      yield before + char + after;
      yield before + char + text.slice(at);
    }
  }
}

function faults(kind: 'request' | 'response', text: string): { tried: number; accepted: number; found: string[] } {
  const llhttp = new Llhttp(kind);
  const requests = new RequestEngine();
  const responses = new ResponseEngine();
  const found: string[] = [];
  let tried = 0;
  let accepted = 0;
  for (const neighbour of neighbours(text)) {
    const bytes = Buffer.from(neighbour, 'latin1');
    const theirs = llhttp.read(bytes);
    const ours = kind === 'request' ? requests.read([bytes]) : responses.readAnswers([bytes], () => false);
    const fault = difference(ours, theirs);
    if (fault !== '') found.push(`${fault}: ${JSON.stringify(neighbour)}`);
    tried++;
    if (ours.messages.some(({ complete }) => complete)) accepted++;
  }
  return { tried, accepted, found };
}

describe('one byte off, anywhere, any byte', () => {
  for (const [kind, texts] of [
    ['request', REQUESTS],
    ['response', RESPONSES],
  ] as const) {
    it.each(texts)(`a ${kind} is read as Node's parser reads it, or refused: %j`, { timeout: 60_000 }, (text) => {
      const { tried, accepted, found } = faults(kind, text);
      expect(found).toEqual([]);
      expect(accepted).toBeGreaterThan(tried * 0.02);
    });
  }
});
