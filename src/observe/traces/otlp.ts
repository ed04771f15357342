import type { Exchange } from '../../wire/exchange.ts';
import type { TracesModel } from '../../config/model.ts';
import { TracesUnavailable } from './unavailable.ts';
import type { FinishedSpan } from './tracer.ts';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/** Where finished spans go. */
export interface SpanExport {
  send(span: FinishedSpan): void;
  /** Sends what is left. */
  close(): Promise<void>;
}

/** What OTLP calls a server's span, its success left unsaid, and its failure. */
const SERVER = 1;
const UNSET = 0;
const ERROR = 2;

/**
 * Sends spans by OTLP over HTTP, in batches, through OpenTelemetry's own packages, which are loaded only here.
 * @param failed an export failed, for this reason
 * @throws TracesUnavailable if they aren't installed
 */
export async function openExport(model: TracesModel, failed: (reason: string) => void): Promise<SpanExport> {
  const { BatchSpanProcessor, OTLPTraceExporter, defaultResource, resourceFromAttributes } = await tracesPackages();
  const exporter = new OTLPTraceExporter({ url: model.endpoint, headers: { ...model.headers } });
  const processor = new BatchSpanProcessor({
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.code !== 0) failed(result.error?.message ?? 'no reason was given');
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  });
  const resource = defaultResource().merge(resourceFromAttributes({ 'service.name': model.service }));
  const instrumentationScope = { name: 'oneorigin' };
  return {
    send: (span) => processor.onEnd({ ...describe(span), resource, instrumentationScope } as ReadableSpan),
    close: () => processor.shutdown(),
  };
}

/**
 * What sends traces.
 * @throws TracesUnavailable if it isn't installed
 */
export async function tracesPackages(): Promise<
  typeof import('@opentelemetry/sdk-trace-base') &
    typeof import('@opentelemetry/exporter-trace-otlp-http') &
    typeof import('@opentelemetry/resources')
> {
  try {
    const [sdk, otlp, resources] = await Promise.all([
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
    return { ...sdk, ...otlp, ...resources };
  } catch (error) {
    throw new TracesUnavailable(String(error), { cause: error });
  }
}

/** By OpenTelemetry's conventions for HTTP servers. Neither a query nor a header: they may hold secrets. */
function describe({
  exchange,
  trace,
  start,
  end,
}: FinishedSpan): Omit<ReadableSpan, 'resource' | 'instrumentationScope'> {
  const { method, route, status, problem } = exchange;
  const traceFlags = 1;
  const failed = status >= 500 || status === 0;
  return {
    name: route === undefined ? method : `${method} ${route.label}`,
    kind: SERVER,
    spanContext: () => ({ traceId: trace.traceId, spanId: trace.spanId, traceFlags }),
    ...(trace.parentId === ''
      ? {}
      : {
          parentSpanContext: { traceId: trace.traceId, spanId: trace.parentId, traceFlags, isRemote: true },
        }),
    startTime: hrTime(start),
    endTime: hrTime(end),
    duration: hrTime(end - start),
    status: failed ? { code: ERROR, message: problem || `status ${status}` } : { code: UNSET },
    attributes: attributesOf(exchange),
    links: [],
    events: [],
    ended: true,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function attributesOf(exchange: Exchange): Record<string, string | number> {
  const { method, path, scheme, authority, clientAddress, route, status, problem, upstream, cors, version } = exchange;
  const colon = authority.lastIndexOf(':');
  const port = /^\d+$/.test(authority.slice(colon + 1)) && colon > 0 ? Number(authority.slice(colon + 1)) : undefined;
  return {
    'http.request.method': method,
    'http.response.status_code': status,
    'url.path': path,
    'url.scheme': scheme,
    'server.address': port === undefined ? authority : authority.slice(0, colon),
    ...(port === undefined ? {} : { 'server.port': port }),
    'client.address': clientAddress,
    'network.protocol.version': version === 20 ? '2' : version === 10 ? '1.0' : '1.1',
    'oneorigin.request_id': exchange.id,
    ...(route === undefined ? {} : { 'http.route': route.label }),
    ...(problem === '' ? {} : { 'error.type': problem }),
    ...(upstream === '' ? {} : { 'oneorigin.upstream': upstream }),
    ...(cors === undefined || cors.kind === 'no-origin'
      ? {}
      : { 'oneorigin.cors.kind': cors.kind, 'oneorigin.cors.reason': cors.reason }),
  };
}

/** Seconds and nanoseconds. */
function hrTime(milliseconds: number): [number, number] {
  const seconds = Math.floor(milliseconds / 1000);
  return [seconds, Math.round((milliseconds - seconds * 1000) * 1e6)];
}
