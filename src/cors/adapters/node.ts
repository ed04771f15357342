import { mergeVary } from '../apply.ts';
import { decide } from '../decide.ts';
import type { Decision } from '../decision.ts';
import { exposeNames } from '../expose.ts';
import type { PolicyOptions } from '../options.ts';
import type { Policy } from '../policy.ts';
import { toPolicy } from './policy-input.ts';
import { isSameOrigin } from './same-origin.ts';

type NodeHeaderValue = string | number | readonly string[];

/** What is used of a request of `node:http`, `node:http2` or a framework on top of them. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly socket?: object | null;
}

/** What is used of a response. Declared as methods, so that overloaded ones fit. */
export interface NodeResponse {
  statusCode: number;
  getHeader(name: string): string | number | string[] | undefined;
  getHeaderNames(): string[];
  setHeader(name: string, value: string | number | readonly string[]): unknown;
  removeHeader(name: string): unknown;
  end(): unknown;
  // Its overloads differ between http and http2; it's only ever replaced and handed its own arguments.
  writeHead: unknown;
}

/** A middleware for `node:http`, connect and Express. Without `next` it reports by its result whether to go on. */
export type NodeMiddleware = (request: NodeRequest, response: NodeResponse, next?: () => void) => boolean;

/**
 * CORS for `node:http`, connect and Express. Put it before everything else: it answers preflights, and sees to it that
 * every response has the policy's headers, whoever writes it, errors too. CORS headers from further inside are removed,
 * `Vary` is kept.
 *
 * The middleware calls `next()` unless it has answered; without `next` it returns whether the request goes on.
 *
 * @throws {PolicyError} if the options are wrong.
 */
export function cors(policyOrOptions: Policy | PolicyOptions): NodeMiddleware {
  const policy = toPolicy(policyOrOptions);
  return (request, response, next) => {
    const decision = decideRequest(policy, request);
    if (decision.kind !== 'passed') onWriteHead(response, () => applyTo(response, decision));
    const answers = decision.kind === 'preflight' || decision.refuse;
    if (answers) answer(response, decision.status ?? 403);
    else next?.();
    return !answers;
  };
}

function decideRequest(policy: Policy, request: NodeRequest): Decision {
  const value = (name: string): string | undefined => {
    const found = request.headers[name];
    return Array.isArray(found) ? found.join(',') : found;
  };
  const origin = value('origin');
  const { socket } = request;
  const encrypted = typeof socket === 'object' && socket !== null && 'encrypted' in socket && socket.encrypted === true;
  return decide(policy, {
    method: request.method ?? 'GET',
    origin,
    requestMethod: value('access-control-request-method'),
    requestHeaders: value('access-control-request-headers'),
    sameOrigin: isSameOrigin(origin, value(':authority') ?? value('host') ?? '', encrypted),
  });
}

/** RFC 9110, 15.3.5 and 8.6: a 204 has no Content-Length; any other status says that nothing follows. */
function answer(response: NodeResponse, status: number): void {
  response.statusCode = status;
  if (status !== 204) response.setHeader('Content-Length', '0');
  response.end();
}

/**
 * Calls `before` when the head is about to be written. Node writes every head through `writeHead`, its implicit ones too,
 * so that this is the one door of a response.
 */
function onWriteHead(response: NodeResponse, before: () => void): void {
  const { writeHead } = response;
  if (typeof writeHead !== 'function') return;
  let done = false;
  response.writeHead = (status: number, ...rest: unknown[]): unknown => {
    // 1xx are heads before the head.
    if (done || status < 200) return Reflect.apply(writeHead, response, [status, ...rest]);
    done = true;
    const message = typeof rest[0] === 'string' ? [rest[0]] : [];
    takeHeaders(response, rest[message.length]);
    before();
    return Reflect.apply(writeHead, response, [status, ...message]);
  };
}

/** Headers given to `writeHead` override those set before, so they're set before the policy's. */
function takeHeaders(response: NodeResponse, headers: unknown): void {
  if (typeof headers !== 'object' || headers === null) return;
  const lines = Array.isArray(headers) ? pairs(headers) : Object.entries(headers);
  const values = new Map<string, { name: string; values: NodeHeaderValue[] }>();
  for (const [name, value] of lines) {
    if (value === undefined) continue;
    const entry = values.get(name.toLowerCase());
    if (entry === undefined) values.set(name.toLowerCase(), { name, values: [value as NodeHeaderValue] });
    else entry.values.push(value as NodeHeaderValue);
  }
  for (const { name, values: list } of values.values()) {
    const [only] = list;
    if (list.length === 1 && only !== undefined) response.setHeader(name, only);
    else
      response.setHeader(
        name,
        list.flatMap((value) => (typeof value === 'object' ? value : [String(value)])),
      );
  }
}

/** Node takes raw headers as `[name, value, name, value]` and as pairs. */
function pairs(list: readonly unknown[]): [string, unknown][] {
  if (list.every((item) => Array.isArray(item))) return list.map(([name, value]) => [String(name), value]);
  const result: [string, unknown][] = [];
  for (let i = 0; i + 1 < list.length; i += 2) result.push([String(list[i]), list[i + 1]]);
  return result;
}

function applyTo(response: NodeResponse, decision: Decision): void {
  const names = response.getHeaderNames();
  for (const name of names) if (name.toLowerCase().startsWith('access-control-')) response.removeHeader(name);
  const vary = response.getHeader('vary');
  const merged = mergeVary(vary === undefined ? [] : [vary].flat().map(String), decision.vary);
  if (merged !== undefined) response.setHeader('Vary', merged);
  for (const [name, value] of decision.headers) response.setHeader(name, value);
  const exposed = exposeNames(decision, names);
  if (exposed !== undefined) response.setHeader('Access-Control-Expose-Headers', exposed);
}
