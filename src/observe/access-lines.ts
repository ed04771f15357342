import type { LogModel } from '../config/model.ts';
import type { Exchange } from '../wire/exchange.ts';
import { formatJson, formatText, formatTextWithFinding, type AccessRecord } from './access-log.ts';
import { formatCombined } from './combined.ts';
import { Redaction } from './redaction.ts';

/** Writes an exchange that is over as one line; undefined if it isn't logged. */
export type AccessLine = (exchange: Exchange, record: AccessRecord) => string | undefined;

/** How the config wants exchanges to be logged. @param explains whether records have findings */
export function accessLines(model: LogModel, explains: boolean): AccessLine {
  const { sample } = model;
  const line = lineOf(model, explains);
  if (sample >= 1) return line;
  return (exchange, record) => (wentWrong(record) || Math.random() < sample ? line(exchange, record) : undefined);
}

function lineOf({ format, query, headers, redact }: LogModel, explains: boolean): AccessLine {
  const redaction = new Redaction(redact);
  if (format === 'combined') return (exchange, record) => formatCombined(exchange, record, { redaction, query });
  const write = format === 'json' ? formatJson : explains ? formatTextWithFinding : formatText;
  if (!query && (headers.length === 0 || format === 'text')) return (_, record) => write(record);
  return (exchange, record) =>
    write({
      ...record,
      ...(query && exchange.query !== '' ? { query: redaction.query(exchange.query) } : {}),
      ...(format === 'json' && headers.length > 0 ? { headers: headersOf(exchange, headers, redaction) } : {}),
    });
}

/** Whoever reads a sampled log wants to see all of these. */
function wentWrong({ status, problem, aborted, cors }: AccessRecord): boolean {
  return status >= 500 || status === 0 || problem !== undefined || aborted !== undefined || cors?.allowed === false;
}

function headersOf(exchange: Exchange, names: readonly string[], redaction: Redaction): Record<string, string> {
  const found: [string, string][] = [];
  for (const name of names) {
    const value = exchange.headers.getCombined(name);
    if (value !== undefined) found.push([name, redaction.header(name, value)]);
  }
  return Object.fromEntries(found);
}
