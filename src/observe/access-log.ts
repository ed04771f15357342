import type { Exchange } from '../wire/exchange.ts';
import { H } from '../wire/known-names.ts';
import { loggedPath } from './logged-path.ts';
import { jsonLine, printable } from './printable.ts';

/**
 * What the log says of one exchange; `undefined` where there is nothing to say. Times are milliseconds. Never a query, a
 * cookie or a token.
 */
export interface AccessRecord {
  /** When the request's head was complete, ISO 8601. */
  readonly time: string;
  readonly id: string;
  readonly client: string;
  readonly method: string;
  readonly host: string;
  /** Without the query, which may hold secrets; nor that of a URL in the path. */
  readonly path: string;
  /** With its `?`, without secrets; only if the config asks for it. */
  readonly query?: string;
  /** The route's label, unless none matched. */
  readonly route: string | undefined;
  /** 0: the exchange ended before any status was sent. */
  readonly status: number;
  /** Until the exchange was over. */
  readonly duration: number;
  /** Until the response head went out. */
  readonly head: number | undefined;
  /** Until the upstream's head was there. */
  readonly upstreamHead: number | undefined;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** `host:port` of the server that was asked. */
  readonly upstream: string | undefined;
  /** How often it was sent to a server, if more than once. */
  readonly attempts: number | undefined;
  /** What went wrong upstream. */
  readonly upstreamFailure: string | undefined;
  /** Code of the gateway's own answer. */
  readonly problem: string | undefined;
  /** Why a feature refused the request, and what to write in the config. */
  readonly note: string | undefined;
  /** Why the exchange ended early. */
  readonly aborted: string | undefined;
  readonly cors: CorsRecord | undefined;
  /** The trace that it belongs to; only with `traces` in the config. */
  readonly trace?: string;
  /** Request headers that the config names, without secrets. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Why a browser will block the response; only with `explain: true`, and only if it will. */
  readonly finding?: FindingRecord;
}

/** What the log says of a response that a browser will block. */
export interface FindingRecord {
  /** Stable: where the doctor could find it too, the doctor's code. */
  readonly code: string;
  readonly message: string;
  /** What to write in the gateway's own config, or else to do. */
  readonly mend: string;
  /** The config's key: `cors.partners.methods`. */
  readonly key?: string;
  /** Where that key stands: `oneorigin.yaml:8:5`. */
  readonly place?: string;
}

/** What the log says of a policy's decision. */
export interface CorsRecord {
  readonly origin: string | undefined;
  readonly policy: string | undefined;
  readonly kind: string;
  readonly allowed: boolean;
  readonly reason: string;
  readonly explanation: string | undefined;
  /** Where the policy that is only reported differs. */
  readonly report: string | undefined;
}

/** The record of an exchange that is over. */
export function accessRecord(exchange: Exchange): AccessRecord {
  const now = performance.now();
  const { startedAt, headSentAt, upstreamTime } = exchange;
  return {
    time: isoTime(Date.now() - (now - startedAt)),
    id: exchange.id,
    client: exchange.clientAddress,
    method: exchange.method,
    host: exchange.authority,
    path: loggedPath(exchange),
    route: exchange.route?.label,
    status: exchange.status,
    duration: round(now - startedAt),
    head: headSentAt > 0 ? round(headSentAt - startedAt) : undefined,
    upstreamHead: upstreamTime >= 0 ? round(upstreamTime) : undefined,
    bytesIn: exchange.bytesIn,
    bytesOut: exchange.bytesOut,
    upstream: exchange.upstream || undefined,
    attempts: exchange.attempts > 1 ? exchange.attempts : undefined,
    upstreamFailure: exchange.upstreamFailure || undefined,
    problem: exchange.problem || undefined,
    note: exchange.note || undefined,
    aborted: exchange.aborted || undefined,
    cors: corsRecord(exchange),
    ...(exchange.trace === undefined ? undefined : { trace: exchange.trace.traceId }),
  };
}

function corsRecord(exchange: Exchange): CorsRecord | undefined {
  const note = exchange.cors;
  // Without an Origin there is nothing to tell: most requests of a same-origin site are such.
  if (note === undefined || note.kind === 'no-origin') return undefined;
  return {
    origin: exchange.headers.getById(H.origin),
    policy: note.policy,
    kind: note.kind,
    allowed: note.allowed,
    reason: note.reason,
    // Put into words when it's asked for.
    explanation: note.explanation || undefined,
    report: note.report || undefined,
  };
}

let second = 0;
let secondText = '';

/** ISO 8601. All but the milliseconds is formatted once a second. */
function isoTime(milliseconds: number): string {
  const whole = Math.floor(milliseconds / 1000);
  if (whole !== second) {
    second = whole;
    secondText = new Date(whole * 1000).toISOString().slice(0, 20);
  }
  return `${secondText}${String(Math.floor(milliseconds - whole * 1000)).padStart(3, '0')}Z`;
}

/** One line of JSON. */
export function formatJson(record: AccessRecord): string {
  return jsonLine(record);
}

/** One line for people: `12:00:01 GET /api/users 200 3.1ms 27B users ← 127.0.0.1:8081 cors:partners allowed …`. */
export function formatText(record: AccessRecord): string {
  const parts = [
    record.time.slice(11, 23),
    record.method || '-',
    printable(record.path + (record.query ?? '')) || '-',
    String(record.status || '-'),
    `${record.duration}ms`,
    `${record.bytesOut}B`,
    record.route ?? '(no route)',
  ];
  if (record.upstream !== undefined) parts.push(`← ${record.upstream}`);
  if (record.attempts !== undefined) parts.push(`attempts=${record.attempts}`);
  if (record.problem !== undefined) parts.push(record.problem);
  if (record.upstreamFailure !== undefined) parts.push(`(${printable(record.upstreamFailure)})`);
  if (record.note !== undefined) parts.push(`(${printable(record.note)})`);
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

/** As `formatText`, and the line ends with the finding, in the place of the policy's own explanation. */
export function formatTextWithFinding(record: AccessRecord): string {
  const { finding, cors } = record;
  if (finding === undefined) return formatText(record);
  const { code, message, mend, key, place } = finding;
  const where = [place, key].filter((part) => part !== undefined).join(' ');
  const line = formatText({ ...record, cors: cors && { ...cors, explanation: undefined } });
  return `${line} · ${printable(`${code}: ${message} → ${where === '' ? '' : `${where}: `}${mend}`)}`;
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
