import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { KeyPair } from '../../fixtures/certificates.ts';
import { serve, type TestServer } from '../../fixtures/servers.ts';

/** What only the target may see. */
export const SECRET = 'sesame-4711';
export const API_KEY = 'key&of=mine';

/** An API of somebody else's: no CORS, and every habit that a guard has to deal with. */
export async function startThirdParty(tls?: KeyPair): Promise<TestServer> {
  const handler: RequestListener = (request, response) => {
    const url = new URL(request.url ?? '/', 'http://api.test');
    const [, what = '', detail = ''] = /^\/v1\/([\w-]+)(?:\/(.*))?$/.exec(url.pathname) ?? [];
    answers[what]?.(request, response, { url, detail });
    if (answers[what] === undefined) response.writeHead(404).end('not found');
  };
  return serve(handler, tls === undefined ? {} : { tls });
}

type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
  asked: { readonly url: URL; readonly detail: string },
) => void;

const answers: Readonly<Record<string, Answer>> = {
  echo: (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ method: request.method, body }));
    });
  },
  habits: (_, response, { url }) => {
    const next = `<http://api.test${url.pathname}${url.search}&page=2>; rel="next"`;
    response.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      ETag: '"e"',
      'X-Total': '2',
      Vary: 'Accept-Language',
      Link: next,
      Server: 'Secret/1.0',
      'X-Powered-By': 'PHP',
      'Set-Cookie': ['a=1; Path=/', 'b=2; Path=/'],
      'Strict-Transport-Security': 'max-age=1',
      'Content-Security-Policy': "default-src 'self'",
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Expose-Headers': '*',
      Connection: 'close, X-Hop',
      'X-Hop': '1',
    });
    response.end('<b>hello</b>');
  },
  go: (_, response, { url, detail }) => {
    response.writeHead(Number(detail), { location: url.searchParams.get('to') ?? '' }).end('moved');
  },
  gzip: (_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/plain' });
    response.end(gzipSync('compressed although nobody asked'));
  },
  large: (_, response, { detail }) => {
    if (detail === 'announced') response.setHeader('content-length', 3000);
    response.write('x'.repeat(1500));
    response.end('x'.repeat(1500));
  },
  status: (_, response, { detail }) => {
    response.writeHead(Number(detail), { 'x-total': '3' });
    response.end(['204', '205', '304'].includes(detail) ? undefined : `status ${detail}`);
  },
  reset: (request) => request.socket.resetAndDestroy(),
  close: (request) => request.socket.end(),
  garbage: (request) => request.socket.end('* OK IMAP4 ready\r\n\r\n'),
  stall: () => {},
};
