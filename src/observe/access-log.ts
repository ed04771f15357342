import type { Exchange } from '../wire/exchange.ts';

/** What the log says of one exchange. Times are milliseconds. Never a query, a cookie or a token. */
export interface AccessRecord {
  /** When the request's head was complete, ISO 8601. */
  readonly time: string;
  readonly id: string;
  readonly client: string;
  readonly method: string;
  readonly host: string;
  /** Without the query, which may hold secrets. */
  readonly path: string;
  /** The route's label, absent if none matched. */
  readonly route?: string;
  /** 0: the exchange ended before any status was sent. */
  readonly status: number;
  /** Until the exchange was over. */
  readonly duration: number;
  /** Until the response head went out. */
  readonly head?: number;
  /** Until the upstream's head was there. */
  readonly upstreamHead?: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** `host:port` of the server that was asked. */
  readonly upstream?: string;
  /** What went wrong upstream. */
  readonly upstreamFailure?: string;
  /** Code of the gateway's own answer. */
  readonly problem?: string;
  /** Why the exchange ended early. */
  readonly aborted?: string;
  readonly cors?: {
    readonly origin?: string;
    readonly policy?: string;
    readonly kind: string;
    readonly allowed: boolean;
    readonly reason: string;
    readonly explanation?: string;
    /** Where the policy that is only reported differs. */
    readonly report?: string;
  };
}

/** The record of an exchange that is over. */
export function accessRecord(exchange: Exchange): AccessRecord {
  const now = performance.now();
  return {
    time: new Date(Date.now() - (now - exchange.startedAt)).toISOString(),
    id: exchange.id,
    client: exchange.clientAddress,
    method: exchange.method,
    host: exchange.authority,
    path: exchange.path,
    ...(exchange.route === undefined ? {} : { route: exchange.route.label }),
    status: exchange.status,
    duration: round(now - exchange.startedAt),
    ...(exchange.headSentAt > 0 ? { head: round(exchange.headSentAt - exchange.startedAt) } : {}),
    ...(exchange.upstreamTime >= 0 ? { upstreamHead: round(exchange.upstreamTime) } : {}),
    bytesIn: exchange.bytesIn,
    bytesOut: exchange.bytesOut,
    ...(exchange.upstream === '' ? {} : { upstream: exchange.upstream }),
    ...(exchange.upstreamFailure === '' ? {} : { upstreamFailure: exchange.upstreamFailure }),
    ...(exchange.problem === '' ? {} : { problem: exchange.problem }),
    ...(exchange.aborted === '' ? {} : { aborted: exchange.aborted }),
    ...corsRecord(exchange),
  };
}

function corsRecord(exchange: Exchange): Pick<AccessRecord, 'cors'> {
  const note = exchange.cors;
  // Without an Origin there is nothing to tell: most requests of a same-origin site are such.
  if (note === undefined || note.kind === 'no-origin') return {};
  const origin = exchange.headers.get('origin');
  // Put into words when it's asked for, so only once.
  const { explanation } = note;
  return {
    cors: {
      ...(origin === undefined ? {} : { origin }),
      ...(note.policy === undefined ? {} : { policy: note.policy }),
      kind: note.kind,
      allowed: note.allowed,
      reason: note.reason,
      ...(explanation === '' ? {} : { explanation }),
      ...(note.report === '' ? {} : { report: note.report }),
    },
  };
}

/** One line of JSON. The control characters that JSON leaves as they are would still paint a terminal. */
export function formatJson(record: AccessRecord): string {
  return JSON.stringify(record).replace(
    /[\u007f-\u009f]/g,
    (char) => `\\u00${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** One line for people: `12:00:01 GET /api/users 200 3.1ms 27B users ← 127.0.0.1:8081 cors:partners allowed …`. */
export function formatText(record: AccessRecord): string {
  const parts = [
    record.time.slice(11, 23),
    record.method || '-',
    printable(record.path) || '-',
    String(record.status || '-'),
    `${record.duration}ms`,
    `${record.bytesOut}B`,
    record.route ?? '(no route)',
  ];
  if (record.upstream !== undefined) parts.push(`← ${record.upstream}`);
  if (record.problem !== undefined) parts.push(record.problem);
  if (record.upstreamFailure !== undefined) parts.push(`(${printable(record.upstreamFailure)})`);
  if (record.aborted !== undefined) parts.push(`aborted:${record.aborted}`);
  parts.push(`id=${record.id}`);
  const { cors } = record;
  if (cors !== undefined) {
    const origin = cors.origin === undefined ? '' : ` origin=${printable(cors.origin)}`;
    parts.push(
      `cors:${cors.policy ?? 'none'} ${cors.kind} ${cors.allowed ? 'allowed' : `refused(${cors.reason})`}${origin}`,
    );
    if (cors.report !== undefined) parts.push(`report{${printable(cors.report)}}`);
    if (cors.explanation !== undefined) parts.push(`· ${printable(cors.explanation)}`);
  }
  return parts.join(' ');
}

/** What strangers send must not forge lines or paint terminals. */
function printable(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
