import * as z from 'zod';
import { duration, flag, strictObject, type Duration } from '../../config/schema/fields.ts';

/** How long an upstream may take. `0` means no limit. */
export interface UpstreamTimeoutOptions {
  /** Until the connection (and TLS) stands. Default: `5s`. */
  readonly connect?: Duration;
  /** From the end of the request to the head of the upstream's response. Default: `60s`. */
  readonly head?: Duration;
  /** Without a byte in either direction in the middle of an exchange; event streams and WebSockets count. Default: `5m`. */
  readonly idle?: Duration;
  /** The whole exchange. Default: `0`, no limit. */
  readonly total?: Duration;
}

/** What a route with `proxy` understands. */
export interface ProxyRouteOptions {
  /** Forward to this upstream: a name from `upstreams`, or the URL of one server. */
  readonly proxy?: string;
  /** Remove this from the front of the path before forwarding: whole segments, such as `/api`. Also for `files`. */
  readonly stripPrefix?: string;
  /** Forward to this path instead: `/new/:id/*`, with the parameters and the wildcard of the route's own path. */
  readonly rewrite?: string;
  /** The Host header sent upstream: the client's (`keep`) or the upstream server's own. Default: `keep`. */
  readonly hostHeader?: 'keep' | 'upstream';
  /** Also send `Forwarded` (RFC 7239) beside `X-Forwarded-*`. Default: `false`. */
  readonly forwarded?: boolean;
  /**
   * Send `Via`, as RFC 9110 §7.6.3 asks of a gateway: it's how a loop is noticed (508). Some servers don't compress for
   * requests that carry it. Also for `guard`. Default: `true`.
   */
  readonly via?: boolean;
  /** Timeouts of this route; what's left out is the upstream's. Also for `guard`, over the defaults. */
  readonly timeouts?: UpstreamTimeoutOptions;
}

/** Schema of `UpstreamTimeoutOptions`. */
export const upstreamTimeouts = strictObject({
  connect: duration.exactOptional(),
  head: duration.exactOptional(),
  idle: duration.exactOptional(),
  total: duration.exactOptional(),
}).meta({ id: 'UpstreamTimeoutOptions' });

/** Fields of `ProxyRouteOptions`. */
export const proxyRouteFields = {
  proxy: z.string().exactOptional(),
  stripPrefix: z.string().exactOptional(),
  rewrite: z.string().exactOptional(),
  hostHeader: z.enum(['keep', 'upstream']).exactOptional(),
  forwarded: flag.exactOptional(),
  via: flag.exactOptional(),
  timeouts: upstreamTimeouts.exactOptional(),
};
