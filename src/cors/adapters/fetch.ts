import { mergeVary } from '../apply.ts';
import { decide } from '../decide.ts';
import type { Decision } from '../decision.ts';
import { exposeNames } from '../expose.ts';
import type { PolicyOptions } from '../options.ts';
import type { Policy } from '../policy.ts';
import { toPolicy } from './policy-input.ts';
import { isSameOrigin } from './same-origin.ts';

/** A handler as fetch-style servers have it: the request and whatever the platform adds. */
export type FetchHandler<R extends Request, Rest extends readonly unknown[]> = (
  request: R,
  ...rest: Rest
) => Response | Promise<Response>;

/** What `withCors` can be told besides the policy. */
export interface WithCorsOptions {
  /** Told of what the handler threw, which the client only sees as a 500. Default: `console.error`. */
  readonly onError?: (error: unknown, request: Request) => void;
}

/**
 * A handler with CORS around it, for Workers, Deno, Bun, Hono, Next route handlers and the like. It answers preflights;
 * every response gets the policy's headers, also the 500 for a handler that throws. CORS headers that the handler set are
 * removed, its `Vary` is kept.
 *
 * @throws {PolicyError} if the options are wrong.
 */
export function withCors<R extends Request, Rest extends readonly unknown[]>(
  handler: FetchHandler<R, Rest>,
  policyOrOptions: Policy | PolicyOptions,
  options: WithCorsOptions = {},
): (request: R, ...rest: Rest) => Promise<Response> {
  const policy = toPolicy(policyOrOptions);
  const onError = options.onError ?? ((error: unknown) => console.error(error));
  return async (request, ...rest) => {
    const decision = decideRequest(policy, request);
    if (decision.kind === 'preflight')
      return decorate(new Response(null, { status: decision.status ?? 403 }), decision);
    if (decision.refuse) return decorate(problem(403, 'Forbidden'), decision);
    try {
      return decorate(await handler(request, ...rest), decision);
    } catch (error) {
      onError(error, request);
      return decorate(problem(500, 'Internal Server Error'), decision);
    }
  };
}

/** What a policy says to a request of the Fetch API. */
export function decideRequest(policy: Policy, request: Request): Decision {
  const { headers } = request;
  const url = new URL(request.url);
  const origin = headers.get('origin') ?? undefined;
  return decide(policy, {
    method: request.method,
    origin,
    requestMethod: headers.get('access-control-request-method') ?? undefined,
    requestHeaders: headers.get('access-control-request-headers') ?? undefined,
    sameOrigin: isSameOrigin(origin, url.host, url.protocol === 'https:'),
    websocket: headers.get('upgrade')?.toLowerCase() === 'websocket',
  });
}

/** An error as RFC 9457 writes it, without a word about its cause. */
function problem(status: number, title: string): Response {
  return new Response(JSON.stringify({ type: 'about:blank', title, status }), {
    status,
    headers: { 'Content-Type': 'application/problem+json' },
  });
}

/**
 * A new response, because one that came out of `fetch()` can't be changed, and one that a handler keeps mustn't be. A
 * handshake (101) and `Response.error()` can't be made anew, and no page reads their headers.
 */
function decorate(response: Response, decision: Decision): Response {
  if (decision.kind === 'passed' || response.status < 200) return response;
  const headers = new Headers(response.headers);
  decorateHeaders(headers, decision);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

/** Puts a decision's lines on a response's headers: CORS lines that are there are removed, `Vary` is completed. */
export function decorateHeaders(headers: Headers, decision: Decision): void {
  if (decision.kind === 'passed') return;
  const names = [...headers.keys()];
  for (const name of names) if (name.startsWith('access-control-')) headers.delete(name);
  const vary = mergeVary([headers.get('vary') ?? ''], decision.vary);
  if (vary !== undefined) headers.set('Vary', vary);
  for (const [name, value] of decision.headers) headers.set(name, value);
  const exposed = exposeNames(decision, names);
  if (exposed !== undefined) headers.set('Access-Control-Expose-Headers', exposed);
}
