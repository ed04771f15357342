import type { Exchange } from '../../wire/exchange.ts';
import { Field, HeaderList } from '../../wire/header-list.ts';
import { H } from '../../wire/known-names.ts';
import { replyProblem } from '../../wire/problem.ts';
import { evaluateConditions, rangeApplies } from './conditions.ts';
import { type ByteRange, selectRange } from './range.ts';
import type { Representation } from './representation.ts';
import { sendFile } from './send-file.ts';

const VARY_NAVIGATION = new Field('Vary', 'Accept, Sec-Fetch-Dest, Sec-Fetch-Mode');

/** Answers a GET or HEAD with a representation, or with what its conditions and its range come to. Closes the file. */
export function answerWith(exchange: Exchange, representation: Representation, isFallback: boolean): void {
  const { file } = representation;
  const outcome = evaluateConditions(exchange.headers, representation);
  if (outcome === 'precondition-failed') {
    file.close();
    return replyProblem(exchange, 'precondition-failed');
  }
  const headers = new HeaderList();
  append(headers, representation.cacheFields);
  if (isFallback) headers.appendField(VARY_NAVIGATION);
  if (outcome === 'not-modified') {
    file.close();
    exchange.open(304, headers, file.size);
    return exchange.end();
  }
  const range = requestedRange(exchange, representation);
  if (range === 'unsatisfiable') {
    file.close();
    // RFC 9110 §15.5.17: tells the length, so that the client can ask again.
    return replyProblem(exchange, 'range-not-satisfiable', {
      headers: [new Field('Content-Range', `bytes */${file.size}`)],
    });
  }
  append(headers, representation.contentFields);
  if (range === undefined) return sendFile(exchange, file, { status: 200, headers, start: 0, length: file.size });
  headers.append('Content-Range', `bytes ${range.first}-${range.last}/${file.size}`);
  const length = range.last - range.first + 1;
  sendFile(exchange, file, { status: 206, headers, start: range.first, length });
}

/** RFC 9110 §14.2: ranges are defined for GET only. */
function requestedRange(exchange: Exchange, representation: Representation): ByteRange | 'unsatisfiable' | undefined {
  if (exchange.method !== 'GET') return undefined;
  const field = exchange.headers.getById(H.range);
  if (field === undefined || !rangeApplies(exchange.headers, representation)) return undefined;
  return selectRange(field, representation.file.size);
}

function append(headers: HeaderList, fields: readonly Field[]): void {
  for (let i = 0; i < fields.length; i++) headers.appendField(fields[i] as Field);
}
