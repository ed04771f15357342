import { describe, expect, it } from 'vitest';
import { INCOMPLETE, REFUSED } from './message-head.ts';
import { ResponseHead } from './response-head.ts';

function scan(text: string): { end: number; head: ResponseHead } {
  const head = new ResponseHead();
  return { end: head.scan(Buffer.from(text, 'latin1'), 0, text.length, 10), head };
}

describe('a response head', () => {
  it.each([
    ['HTTP/1.1 200 OK\r\n\r\n', 200, 11],
    ['HTTP/1.0 404 Not Found\r\n\r\n', 404, 10],
    ['HTTP/1.1 204 \r\n\r\n', 204, 11],
    ['HTTP/1.1 204\r\n\r\n', 204, 11],
    ['HTTP/1.1 599 \xe9t\xe9 \t!\r\n\r\n', 599, 11],
    ['HTTP/1.1 100 Continue\r\n\r\n', 100, 11],
    ['HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n', 100, 11],
  ])('%j has the status %i', (text, status, version) => {
    const { end, head } = scan(text);
    expect(end).toBe(text.length);
    expect(head).toMatchObject({ status, version });
  });

  it.each([
    'ICY 200 OK\r\n\r\n',
    'HTTP/2 200\r\n\r\n',
    'HTTP/1.2 200 OK\r\n\r\n',
    'http/1.1 200 OK\r\n\r\n',
    'HTTP/1.1  200 OK\r\n\r\n',
    'HTTP/1.1 20 OK\r\n\r\n',
    'HTTP/1.1 2000 OK\r\n\r\n',
    'HTTP/1.1 099 OK\r\n\r\n',
    'HTTP/1.1 600 OK\r\n\r\n',
    'HTTP/1.1 2x0 OK\r\n\r\n',
    'HTTP/1.1 200OK\r\n\r\n',
    'HTTP/1.1 200\tOK\r\n\r\n',
    'HTTP/1.1 200 a\0b\r\n\r\n',
    'HTTP/1.1 200 a\rb\r\n\r\n',
    'HTTP/1.1 200 OK\n\r\n',
    '\r\nHTTP/1.1 200 OK\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n',
    'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
    'HTTP/1.1 100 Continue\r\nContent-Length: 1\r\n\r\n',
    'HTTP/1.1 104 X\r\nTransfer-Encoding: chunked\r\n\r\n',
    'HTTP/1.1 200 OK\r\nX-A : 1\r\n\r\n',
    'HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\n\r\n',
    `HTTP/1.1 200 OK\r\n${'X-A: 1\r\n'.repeat(11)}\r\n`,
  ])('%j is refused', (text) => {
    const { end, head } = scan(text);
    expect(end).toBe(REFUSED);
    expect(head.reason).not.toBe('');
  });

  it('that is whole is incomplete at every byte before its last', () => {
    const text = 'HTTP/1.1 200 Fine thing\r\nContent-Length: 12\r\nConnection: close\r\nX-A: \t1 \r\n\r\n';
    for (let at = 0; at < text.length; at++) expect([at, scan(text.slice(0, at)).end]).toEqual([at, INCOMPLETE]);
    expect(scan(text)).toMatchObject({ end: text.length, head: { contentLength: 12, connectionClose: true } });
  });
});
