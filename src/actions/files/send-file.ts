import { read } from 'node:fs';
import type { Exchange } from '../../wire/exchange.ts';
import type { HeaderList } from '../../wire/header-list.ts';
import { replyProblem } from '../../wire/problem.ts';
import { FileStream } from './file-stream.ts';
import { closeFile, type OpenFile } from './root.ts';

/** Up to here a body is read in one go and leaves together with its head. */
const WHOLE = 64 * 1024;

/** A response with (a part of) a file as its body. */
export interface FileResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly start: number;
  readonly length: number;
}

/** Sends a response and closes the file, however that ends. */
export function sendFile(exchange: Exchange, file: OpenFile, response: FileResponse): void {
  if (exchange.method === 'HEAD') {
    closeFile(file);
    exchange.open(response.status, response.headers, response.length);
    return exchange.end();
  }
  if (response.length === 0) {
    closeFile(file);
    return exchange.reply(response.status, response.headers);
  }
  if (response.length <= WHOLE) return sendWhole(exchange, file, response);
  exchange.open(response.status, response.headers, response.length);
  new FileStream(exchange, file, response).start();
}

function sendWhole(exchange: Exchange, file: OpenFile, response: FileResponse): void {
  const body = Buffer.allocUnsafe(response.length);
  read(file.fd, body, 0, body.length, response.start, (error, count) => {
    closeFile(file);
    if (error === null && count === body.length) return exchange.reply(response.status, response.headers, body);
    // It shrank since it was measured: what its headers say is no longer true.
    replyProblem(exchange, 'internal-error', { detail: 'The file changed while it was read.' });
  });
}
