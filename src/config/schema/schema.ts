import * as z from 'zod';
import { filesRouteFields } from '../../actions/files/options.ts';
import { guardRouteFields } from '../../actions/guard/options.ts';
import { proxyRouteFields, upstreamTimeouts } from '../../actions/proxy/options.ts';
import { redirectRouteFields } from '../../actions/redirect/options.ts';
import { respondRouteFields } from '../../actions/respond/options.ts';
import { accessFields } from '../../features/access/options.ts';
import { bodyLimitFields } from '../../features/body-limit/options.ts';
import { crossSiteFields } from '../../features/cross-site/options.ts';
import { maintenanceFields } from '../../features/maintenance/options.ts';
import { authOptions, routeAuth } from '../../features/auth/options.ts';
import { policyOptions } from '../../features/cors/options.ts';
import { balancingFields, serverOptions } from '../upstream-options.ts';
import { count, countOr, duration, flag, oneOrMore, size, sizeFrom, strictObject } from './fields.ts';

/** More processes than any machine has cores are a slip of the keyboard. */
const MAX_WORKERS = 1024;

/** Schema of `UpstreamTlsOptions`. */
export const upstreamTls = strictObject({
  ca: z.string().exactOptional(),
  serverName: z.string().exactOptional(),
  dangerouslySkipVerify: flag.exactOptional(),
}).meta({ id: 'UpstreamTlsOptions' });

/** One server of an upstream: its URL, or in full. */
const server = z.union([z.string(), serverOptions]);

/** Schema of `UpstreamOptions`. */
export const upstreamOptions = strictObject({
  servers: z.union([server, z.array(server)]),
  ...balancingFields,
  timeouts: upstreamTimeouts.exactOptional(),
  maxIdle: count(0, 100_000).exactOptional(),
  idleTimeout: duration.exactOptional(),
  tls: upstreamTls.exactOptional(),
}).meta({ id: 'UpstreamOptions' });

/** One entry of `upstreams`. */
export const upstream = z.union([z.string(), z.array(server), upstreamOptions]);

/** Schema of `RouteOptions`; that there's exactly one action is checked with what the actions mean. */
export const routeOptions = strictObject({
  name: z.string().exactOptional(),
  host: oneOrMore.exactOptional(),
  path: z.string().exactOptional(),
  method: oneOrMore.exactOptional(),
  header: z.record(z.string(), z.union([z.string(), z.literal(true)])).exactOptional(),
  ...proxyRouteFields,
  ...guardRouteFields,
  ...filesRouteFields,
  ...redirectRouteFields,
  ...respondRouteFields,
  cors: z.union([z.string(), z.literal(false), policyOptions]).exactOptional(),
  ...accessFields,
  ...maintenanceFields,
  ...crossSiteFields,
  ...bodyLimitFields,
  auth: routeAuth.exactOptional(),
}).meta({ id: 'RouteOptions' });

/** Schema of `LimitOptions`. */
export const limitOptions = strictObject({
  requestLine: sizeFrom(64).exactOptional(),
  headers: sizeFrom(512).exactOptional(),
  headerCount: count(1, 10_000).exactOptional(),
  body: size.exactOptional(),
  connections: countOr('auto', 0).exactOptional(),
  connectionsPerAddress: count(0).exactOptional(),
}).meta({ id: 'LimitOptions' });

/** Schema of `ClientTimeoutOptions`. */
export const clientTimeouts = strictObject({
  head: duration.exactOptional(),
  body: duration.exactOptional(),
  keepAlive: duration.exactOptional(),
  write: duration.exactOptional(),
}).meta({ id: 'ClientTimeoutOptions' });

/** Schema of `LogOptions`. */
export const logOptions = strictObject({
  format: z.enum(['text', 'json', 'combined']).exactOptional(),
  access: z.union([z.enum(['on', 'off']), flag]).exactOptional(),
  sample: z.number().min(0).max(1).exactOptional(),
  query: flag.exactOptional(),
  headers: z.array(z.string()).exactOptional(),
  redact: z.array(z.string()).exactOptional(),
}).meta({ id: 'LogOptions' });

/** Schema of `ShutdownOptions`. */
export const shutdownOptions = strictObject({
  delay: duration.exactOptional(),
  deadline: duration.exactOptional(),
}).meta({ id: 'ShutdownOptions' });

/** Schema of `ReloadOptions`. */
export const reloadOptions = strictObject({
  deadline: duration.exactOptional(),
}).meta({ id: 'ReloadOptions' });

/** Schema of `AdminOptions`. */
export const adminOptions = strictObject({
  listen: z.union([z.string(), z.number()]).exactOptional(),
  token: z.string().exactOptional(),
}).meta({ id: 'AdminOptions' });

/** Schema of `TracesOptions`. */
export const tracesOptions = strictObject({
  endpoint: z.string().exactOptional(),
  service: z.string().min(1).exactOptional(),
  sample: z.number().min(0).max(1).exactOptional(),
  headers: z.record(z.string(), z.string()).exactOptional(),
}).meta({ id: 'TracesOptions' });

/** Schema of `Config`: what an editor completes and `schema.json` says. */
export const configSchema = strictObject({
  listen: z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))]).exactOptional(),
  trustedProxies: z.array(z.string()).exactOptional(),
  upstreams: z.record(z.string(), upstream).exactOptional(),
  cors: z.record(z.string(), policyOptions).exactOptional(),
  auth: z.record(z.string(), authOptions).exactOptional(),
  routes: z.array(routeOptions),
  limits: limitOptions.exactOptional(),
  timeouts: clientTimeouts.exactOptional(),
  log: logOptions.exactOptional(),
  workers: countOr('auto', 1, MAX_WORKERS).exactOptional(),
  shutdown: shutdownOptions.exactOptional(),
  reload: reloadOptions.exactOptional(),
  admin: z.union([z.string(), z.number(), adminOptions]).exactOptional(),
  ...accessFields,
  ...maintenanceFields,
  ...crossSiteFields,
  traces: z.union([z.string(), tracesOptions]).exactOptional(),
  serverTiming: flag.exactOptional(),
  explain: flag.exactOptional(),
}).meta({ id: 'Config' });
