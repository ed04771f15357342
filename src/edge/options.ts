import type { ProblemCode } from '../diagnostics/catalogue/problems.ts';

/** An error answer of the handler's own, for who runs it. */
export interface EdgeProblem {
  readonly code: ProblemCode;
  readonly status: number;
  /** What the client reads of it. */
  readonly detail: string | undefined;
  /** In the answer's body too. */
  readonly requestId: string;
  /** What the runtime said, which the client isn't told: without the queries of URLs and without what the config adds. */
  readonly cause: string | undefined;
}

/** What an edge handler is told besides the config. `Rest` is what the runtime calls it with after the request. */
export interface EdgeOptions<Rest extends readonly unknown[] = readonly []> {
  /**
   * Variables for `${NAME}` and `${NAME:-default}` in the config's texts: `process.env`, `Deno.env.toObject()`, or a Worker's
   * `env`, whose other bindings are left alone. Default: none.
   */
  readonly env?: object;
  /**
   * The address of the client, for limits `by: client`. Only the platform knows it: on Cloudflare
   * `(request) => request.headers.get('cf-connecting-ip')`. A header that clients can set themselves is none.
   * Clients without an address are counted together. Default: none, and such a limit is an error.
   */
  readonly clientAddress?: (request: Request, ...rest: Rest) => string | null | undefined;
  /** Asks the APIs. Must not follow redirects. Default: the runtime's `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Told of every error answer. What it throws is ignored. Default: writes those from 500 on with `console.error`. */
  readonly onProblem?: (problem: EdgeProblem, request: Request) => void;
  /** Told where a policy's `report` would have decided otherwise. Default: writes it with `console.warn`. */
  readonly onReport?: (difference: string, request: Request) => void;
}

/** A handler as fetch-style servers have it. It never rejects. */
export type EdgeHandler<Rest extends readonly unknown[] = readonly []> = (
  request: Request,
  ...rest: Rest
) => Promise<Response>;
