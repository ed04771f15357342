import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INCOMPLETE, REFUSED } from './message-head.ts';
import { RequestHead } from './request-head.ts';

const LIMITS = { requestLine: 200, headerCount: 10 };

function scanText(head: RequestHead, text: string, from = 0): number {
  const bytes = Buffer.from(text, 'latin1');
  return head.scan(bytes, from, bytes.length, LIMITS);
}

function scan(text: string, from = 0): { end: number; head: RequestHead } {
  const head = new RequestHead();
  return { end: scanText(head, text, from), head };
}

function read(text: string): RequestHead {
  const { end, head } = scan(text);
  expect([head.reason, end]).toEqual(['', text.length]);
  return head;
}

const HOST = 'Host: a.test\r\n';

describe('a request head', () => {
  it('is read in place, from anywhere in a text', () => {
    const text = `xxPOST /a?b HTTP/1.1\r\n${HOST}X-A:  b c \t\r\nContent-Length: 3\r\n\r\nabc`;
    const { end, head } = scan(text, 2);
    expect(end).toBe(text.length - 3);
    expect(head).toMatchObject({ method: 'POST', target: '/a?b', version: 11, contentLength: 3, chunked: false });
    expect(head.headers.pairs()).toEqual([
      ['Host', 'a.test'],
      ['X-A', 'b c'],
      ['Content-Length', '3'],
    ]);
  });

  it('leaves nothing behind for the next one', () => {
    const head = new RequestHead();
    const first =
      'POST /1 HTTP/1.0\r\nHost: a\r\nContent-Length: 3\r\nConnection: close, keep-alive, upgrade, x\r\nUpgrade: h2c\r\n\r\n';
    expect(scanText(head, first)).toBe(first.length);
    const refused = 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n';
    expect(scanText(head, refused)).toBe(REFUSED);
    const second = `PUT /2 HTTP/1.1\r\n${HOST}\r\n`;
    expect(scanText(head, second)).toBe(second.length);
    expect(head).toMatchObject({
      method: 'PUT',
      target: '/2',
      version: 11,
      contentLength: -1,
      chunked: false,
      connectionClose: false,
      connectionKeepAlive: false,
      connectionUpgrade: false,
      connectionNames: false,
      expectsContinue: false,
      upgrade: '',
      hostCount: 1,
      host: 'a.test',
      reason: '',
    });
    expect(head.headers.pairs()).toEqual([['Host', 'a.test']]);
  });

  it.each([
    ['http://b.test/x?y', 'b.test', '/x?y'],
    ['http://b.test', 'b.test', '/'],
    ['https://b.test:8443?q', 'b.test:8443', '/?q'],
    ['HTTP://[::1]:80/', '[::1]:80', '/'],
  ])('with the target %s is for %s', (target, host, path) => {
    const head = read(`GET ${target} HTTP/1.1\r\nX-A: 1\r\n${HOST}\r\n`);
    expect(head).toMatchObject({ host, target: path });
    expect(head.headers.getAll('host')).toEqual([host]);
  });

  it('knows what Connection says, over several lines and in any case', () => {
    const head = read(
      `GET / HTTP/1.1\r\n${HOST}Connection: Keep-Alive\r\nconnection: UPGRADE , x\r\nUpgrade: WebSocket\r\n\r\n`,
    );
    expect(head).toMatchObject({
      connectionKeepAlive: true,
      connectionUpgrade: true,
      connectionNames: true,
      connectionClose: false,
      upgrade: 'websocket',
    });
  });

  it('asks for an upgrade only if Connection names it, and not in HTTP/1.0', () => {
    expect(read(`GET / HTTP/1.1\r\n${HOST}Upgrade: websocket\r\n\r\n`).upgrade).toBe('');
    expect(read(`GET / HTTP/1.0\r\n${HOST}Connection: upgrade\r\nUpgrade: websocket\r\n\r\n`).upgrade).toBe('');
  });

  it('expects 100 Continue, but not from HTTP/1.0', () => {
    const lines = `${HOST}Expect: 100-Continue\r\nContent-Length: 1\r\n\r\n`;
    expect(read(`POST / HTTP/1.1\r\n${lines}`).expectsContinue).toBe(true);
    expect(read(`POST / HTTP/1.0\r\n${lines}`).expectsContinue).toBe(false);
  });

  it('may lack a Host in HTTP/1.0 only', () => {
    expect(read('GET / HTTP/1.0\r\n\r\n')).toMatchObject({ host: '', version: 10 });
    expect(scan('GET / HTTP/1.1\r\n\r\n')).toMatchObject({ end: REFUSED, head: { reason: 'no Host' } });
  });

  it('may be as long as its limits, not longer', () => {
    const line = (length: number): string => `GET /${'a'.repeat(length - 'GET /'.length)}`;
    expect(scan(`${line(201)} HTTP/1.1\r\n${HOST}\r\n`)).toMatchObject({
      end: REFUSED,
      head: { problem: 'target-too-long' },
    });
    expect(scan(line(201))).toMatchObject({ end: REFUSED, head: { problem: 'target-too-long' } });
    expect(scan(line(180))).toMatchObject({ end: INCOMPLETE });
    const lines = (count: number): string => `GET / HTTP/1.1\r\n${HOST}${'X-A: 1\r\n'.repeat(count - 1)}\r\n`;
    expect(read(lines(10)).headers.size).toBe(10);
    expect(scan(lines(11))).toMatchObject({ end: REFUSED, head: { problem: 'too-many-headers' } });
  });

  it.each([
    ['two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n'],
    ['a length twice', `GET / HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 1\r\n\r\n`],
    ['a length and chunked', `GET / HTTP/1.1\r\n${HOST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`],
    ['a length with a leading zero', `GET / HTTP/1.1\r\n${HOST}Content-Length: 01\r\n\r\n`],
    ['a length past 2^53', `GET / HTTP/1.1\r\n${HOST}Content-Length: 9007199254740992\r\n\r\n`],
    ['gzip', `GET / HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip\r\n\r\n`],
    ['chunked in HTTP/1.0', 'GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['an underscore that passes for a hyphen', `GET / HTTP/1.1\r\n${HOST}Content_Length: 1\r\n\r\n`],
    ['a folded line', `GET / HTTP/1.1\r\n${HOST}X-A: 1\r\n 2\r\n\r\n`],
    ['* as the target of GET', `GET * HTTP/1.1\r\n${HOST}\r\n`],
    ['a fragment', `GET /#a HTTP/1.1\r\n${HOST}\r\n`],
  ])('with %s is refused', (_name, text) => {
    const { end, head } = scan(text);
    expect([end, head.problem]).toEqual([REFUSED, 'malformed-request']);
    expect(head.reason).not.toBe('');
  });

  it('takes the greatest length that a number can hold', () => {
    const head = read(`PUT / HTTP/1.1\r\n${HOST}Content-Length: 9007199254740991\r\n\r\n`);
    expect(head.contentLength).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('that is whole is incomplete at every byte before its last', () => {
    const text = `OPTIONS http://b.test/x HTTP/1.1\r\n${HOST}Connection: a, close\r\nTransfer-Encoding: chunked\r\nX-A: \t1 \r\n\r\n`;
    for (let at = 0; at < text.length; at++) expect([at, scan(text.slice(0, at)).end]).toEqual([at, INCOMPLETE]);
    read(text);
  });

  it('that is refused was never taken at an earlier byte, and stays refused', () => {
    const piece = fc.constantFrom(
      'GET ',
      'POST ',
      '/',
      ' HTTP/1.1\r\n',
      ' HTTP/1.0\r\n',
      ' HTTP/2.0\r\n',
      HOST,
      'X: 1\r\n',
      '\r\n',
      '\n',
      ' ',
      ':',
      'Content-Length: 1\r\n',
      'Transfer-Encoding: chunked\r\n',
      '\r',
      '\0',
      '\t',
      'Connection: close\r\n',
      'http://a',
      '#',
    );
    const text = fc.array(piece, { minLength: 1, maxLength: 10 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (whole) => {
        let before = INCOMPLETE;
        for (let at = 1; at <= whole.length; at++) {
          const { end } = scan(whole.slice(0, at));
          if (before !== INCOMPLETE) expect(end).toBe(before);
          before = end;
        }
      }),
      { numRuns: 500 },
    );
  });
});
