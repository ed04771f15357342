import type { Exchange } from '../wire/exchange.ts';
import { H } from '../wire/known-names.ts';
import type { AccessRecord } from './access-log.ts';
import type { Redaction } from './redaction.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** How much is told. */
export interface CombinedOptions {
  readonly redaction: Redaction;
  /** The query, too. */
  readonly query: boolean;
}

/**
 * The "combined" line of Apache's and nginx' logs:
 * `203.0.113.7 - - [21/Nov/2026:08:40:22 +0000] "GET /api/users HTTP/1.1" 200 51 "https://app.example.com/" "Mozilla/5.0"`.
 */
export function formatCombined(exchange: Exchange, record: AccessRecord, options: CombinedOptions): string {
  const { redaction, query } = options;
  const target = record.path + (query ? redaction.query(exchange.query) : '');
  const request = record.method === '' ? '-' : `${record.method} ${target} ${versionOf(exchange.version)}`;
  const referer = exchange.headers.getById(H.referer);
  const agent = exchange.headers.getById(H['user-agent']);
  return [
    record.client || '-',
    '- -',
    `[${timeOf(record.time)}]`,
    quoted(request),
    String(record.status || '-'),
    String(record.bytesOut),
    quoted(referer === undefined ? '-' : redaction.address(referer)),
    quoted(agent ?? '-'),
  ].join(' ');
}

/** From `2026-11-21T08:40:22.464Z`. */
function timeOf(iso: string): string {
  const month = MONTHS[Number(iso.slice(5, 7)) - 1] ?? '';
  return `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

function versionOf(version: number): string {
  if (version === 20) return 'HTTP/2.0';
  return version === 10 ? 'HTTP/1.0' : 'HTTP/1.1';
}

/** As nginx escapes: what strangers send must not end the text, or the line. */
function quoted(text: string): string {
  const escaped = text.replaceAll(/["\\\u0000-\u001f\u007f-\u00ff]/g, (char) => {
    return `\\x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
  return `"${escaped}"`;
}
