import { readFileSync } from 'node:fs';
import type { Model, UpstreamModel } from '../config/model.ts';
import { MAX_IDLE } from '../upstream/address-pools.ts';

/** Descriptors that the process itself needs: standard streams, listeners, the event loop's. */
const OWN = 32;
/** A connection with a request under way costs two: the client's, and the upstream's or a file's. */
const PER_CONNECTION = 2;
/** More connections take more than descriptors: tens of kilobytes each. Whoever has the memory writes a number. */
const MOST = 10_000;

/** Of a limit, so much again is told that it's reached. */
const OVERFLOW_SHARE = 1 / 8;
const MIN_OVERFLOW = 16;
const MAX_OVERFLOW = 1024;

/**
 * How many client connections `limits.connections: auto` means: as many as can be served at once with the descriptors that
 * the process may have. Past that a client gets its 503 at once. With descriptors running out it would get nothing, and
 * those who are inside couldn't be proxied either.
 * @param descriptors see `descriptorLimit`
 */
export function connectionLimit(model: Model, descriptors: number | undefined): number {
  if (descriptors === undefined) return MOST;
  // To many servers more could idle than there's room for; but they do so for seconds only.
  const idle = Math.min(idleToUpstreams(model), Math.floor(descriptors / 4));
  const free = descriptors - OWN - MIN_OVERFLOW - idle;
  return Math.max(1, Math.min(MOST, Math.floor(free / (PER_CONNECTION + OVERFLOW_SHARE))));
}

/** How many connections beyond `limit` are still answered; those after them are closed without a word. */
export function overflowOf(limit: number): number {
  return Math.min(MAX_OVERFLOW, Math.max(MIN_OVERFLOW, Math.floor(limit * OVERFLOW_SHARE)));
}

/** How many connections to upstreams may be kept for reuse. */
function idleToUpstreams(model: Model): number {
  const upstreams = new Set<UpstreamModel>();
  for (const { action } of model.routes) if (action.kind === 'proxy') upstreams.add(action.upstream);
  const guards = model.routes.filter(({ action }) => action.kind === 'guard').length;
  return [...upstreams].reduce((sum, { servers, maxIdle }) => sum + servers.length * maxIdle, guards * MAX_IDLE);
}

/** `ulimit -n` of this process, whose soft limit Node has raised to the hard one; undefined where there is none. */
export function descriptorLimit(): number | undefined {
  // Node's report on the process says it everywhere, but costs milliseconds of every start.
  const soft = process.platform === 'linux' ? limitOnLinux() : limitInReport();
  // NaN: unlimited.
  return Number.isFinite(soft) ? soft : undefined;
}

function limitOnLinux(): number | undefined {
  try {
    return Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
  } catch {
    // Without /proc.
    return limitInReport();
  }
}

function limitInReport(): number | undefined {
  const report = process.report as typeof process.report & { excludeNetwork: boolean };
  // With it, names are looked up for all that the process is connected with.
  const { excludeNetwork } = report;
  report.excludeNetwork = true;
  const { userLimits } = report.getReport() as {
    readonly userLimits?: { readonly open_files?: { readonly soft: number | 'unlimited' } };
  };
  report.excludeNetwork = excludeNetwork;
  const soft = userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : undefined;
}
