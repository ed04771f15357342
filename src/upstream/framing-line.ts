import { UNKNOWN_LENGTH } from '../wire/body.ts';
import type { RequestFraming } from '../wire/http1/client-connection.ts';

/** RFC 9110 §8.6: these say `Content-Length: 0` when their body is empty. */
const METHODS_WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);

/** The line that frames a request's body (RFC 9112 §6), '' if none is due. */
export function framingLine({ method, bodyLength }: RequestFraming): string {
  if (bodyLength === UNKNOWN_LENGTH) return 'Transfer-Encoding: chunked\r\n';
  return bodyLength > 0 || METHODS_WITH_BODY.has(method) ? `Content-Length: ${bodyLength}\r\n` : '';
}
