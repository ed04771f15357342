import type { Exchange } from '../../wire/exchange.ts';
import type { HeaderList } from '../../wire/header-list.ts';
import { replyProblem } from '../../wire/problem.ts';
import { FileStream } from './file-stream.ts';
import type { OpenFile } from './open-file.ts';

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
  const { status, headers, start, length } = response;
  if (exchange.method === 'HEAD') {
    file.close();
    exchange.open(status, headers, length);
    return exchange.end();
  }
  if (file.content !== undefined) return exchange.reply(status, headers, part(file.content, start, length));
  if (length <= WHOLE) return sendWhole(exchange, file, response);
  exchange.open(status, headers, length);
  new FileStream(exchange, file, response).start();
}

function part(content: Buffer | string, start: number, length: number): Buffer | string {
  if (length === content.length) return content;
  return typeof content === 'string' ? content.slice(start, start + length) : content.subarray(start, start + length);
}

function sendWhole(exchange: Exchange, file: OpenFile, response: FileResponse): void {
  const body = Buffer.allocUnsafe(response.length);
  const complete = file.fill(body, response.start);
  file.close();
  if (complete) return exchange.reply(response.status, response.headers, body);
  // It shrank since it was measured: what its headers say is no longer true.
  replyProblem(exchange, 'internal-error', { detail: 'The file changed while it was read.' });
}
