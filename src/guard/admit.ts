import { hasBadPort } from '../cors/browser/bad-port.ts';
import { addressKind, mayConnect } from './address.ts';
import { isListed } from './host-rules.ts';
import type { GuardModel, NamedTarget, OpenTargets, Target } from './model.ts';
import { openTargetUrl } from './open-url.ts';
import { isAllowed, readingsOf } from './path-rules.ts';
import { overlayQuery } from './query.ts';
import { isRefusal, refuse, type GuardRefusal } from './refusal.ts';
import { originOfTarget, parseTargetUrl, type ParsedTarget } from './target-url.ts';

/** What a guard looks at. */
export interface GuardRequest {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** As sent, with its `?`; '' for none. */
  readonly query: string;
  /** The value of a header by its lower-case name. */
  readonly header: (name: string) => string | undefined;
  /** Whether `Origin` is the gateway's own, for the browser. */
  readonly sameOrigin: boolean;
}

/** A request that may be made, as far as that can be told without the network. */
export interface Admitted {
  readonly target: Target;
  /** Path and query as they're sent to the target. The query may hold secrets: neither to be logged nor shown. */
  readonly path: string;
  readonly named: boolean;
}

const UNSAFE = 'The path could be read as another.';

/** Decides on everything that needs no network: whom a request asks for what, and whether it may. */
export function admit(model: GuardModel, request: GuardRequest): Admitted | GuardRefusal {
  const { to } = model;
  const refused = refuseCode(request) ?? refuseOrigin(to, request);
  return refused ?? (to.kind === 'named' ? admitNamed(model, to, request) : admitOpen(model, to, request));
}

/** What browsers run: as an answer of the gateway's it would have its origin. `document` is harmless in a sandbox. */
const CODE: ReadonlySet<string> = new Set([
  'audioworklet',
  'paintworklet',
  'script',
  'serviceworker',
  'sharedworker',
  'worker',
  'xslt',
]);

function refuseCode({ header }: GuardRequest): GuardRefusal | undefined {
  const isCode = header('service-worker') === 'script' || CODE.has(header('sec-fetch-dest') ?? '');
  return isCode
    ? refuse('guard-not-allowed', "Somebody else's code is not served under the gateway's origin.")
    : undefined;
}

function admitNamed(model: GuardModel, to: NamedTarget, request: GuardRequest): Admitted | GuardRefusal {
  const { method, path, query } = request;
  const { target, basePath, stripPrefix } = to;
  const below = pathBelow(path, stripPrefix);
  if (below === undefined) return refuse('guard-url-invalid', 'The path is not below the one that is guarded.');
  const refused = refusePath(model, method, below === '' ? '/' : below) ?? refuseAddress(model, target);
  if (refused !== undefined) return refused;
  const forwarded = basePath + below;
  return { target, path: (forwarded === '' ? '/' : forwarded) + overlayQuery(query, to.query), named: true };
}

/** The path behind a prefix of whole segments, '' or beginning with a slash; undefined if the prefix isn't there. */
function pathBelow(path: string, prefix: string): string | undefined {
  if (!path.startsWith(prefix)) return undefined;
  const below = path.slice(prefix.length);
  return below === '' || below.startsWith('/') ? below : undefined;
}

function admitOpen(model: GuardModel, to: OpenTargets, request: GuardRequest): Admitted | GuardRefusal {
  const refused = refuseHeaders(to, request);
  if (refused !== undefined) return refused;
  const text = openTargetUrl(request.path, request.query, to.stripPrefix);
  if (typeof text !== 'string') return text;
  return admitUrl(model, to, request.method, text);
}

/** Whether a URL may be asked, by the rules of the open form. */
export function admitUrl(model: GuardModel, to: OpenTargets, method: string, text: string): Admitted | GuardRefusal {
  const parsed = parseTargetUrl(text);
  if (isRefusal(parsed)) return parsed;
  const { target, path } = parsed;
  const refused = refuseHost(to, parsed) ?? refusePath(model, method, pathOf(path)) ?? refuseAddress(model, target);
  return refused ?? { target, path, named: false };
}

function refuseHeaders({ requireHeader }: OpenTargets, { header }: GuardRequest): GuardRefusal | undefined {
  if (requireHeader.length === 0 || requireHeader.some((name) => header(name) !== undefined)) return undefined;
  return refuse('guard-header-missing', `The request must have one of these headers: ${requireHeader.join(', ')}.`);
}

/**
 * Whether a request is a page's that may not ask. Without an Origin it can only be told by what browsers say of themselves
 * (Fetch Metadata, 2.4): the open form then believes the gateway's own pages alone; with one API it's enough that it's no
 * other site's page, which could spend its visitors' requests, though not read what comes back.
 */
function refuseOrigin(to: NamedTarget | OpenTargets, { header, sameOrigin }: GuardRequest): GuardRefusal | undefined {
  const fail = (detail: string): GuardRefusal => refuse('guard-origin-refused', detail);
  const origin = header('origin');
  if (to.kind === 'open' && origin !== undefined && to.deniesOrigin(origin)) {
    return fail('Pages of this origin are not served.');
  }
  if (to.allowsOrigin === undefined || sameOrigin) return undefined;
  if (origin !== undefined) {
    return to.allowsOrigin(origin) ? undefined : fail('Only pages of listed origins are served, and this is not one.');
  }
  const site = header('sec-fetch-site');
  const isServed = to.kind === 'open' ? site === 'same-origin' : site !== 'cross-site' && site !== 'same-site';
  return isServed ? undefined : fail('Only pages of listed origins are served, and the request says no Origin.');
}

function refuseHost({ hosts }: OpenTargets, { target, path }: ParsedTarget): GuardRefusal | undefined {
  if (hosts === undefined) {
    const isBad = hasBadPort(new URL(originOfTarget(target)));
    return isBad ? refuse('guard-host-refused', `Port ${target.port} is not one of HTTP's.`) : undefined;
  }
  const readings = readingsOf(pathOf(path));
  if (readings === 'unsafe') return refuse('guard-url-invalid', UNSAFE);
  if (isListed(hosts, target, readings)) return undefined;
  return refuse('guard-host-refused', `${originOfTarget(target)} is not listed, or not with this path.`);
}

/**
 * Whether the rules of `allow` refuse a path.
 * @param path below the guarded one, without a query
 */
export function refusePath({ allow }: GuardModel, method: string, path: string): GuardRefusal | undefined {
  const readings = readingsOf(path);
  if (readings === 'unsafe') return refuse('guard-url-invalid', UNSAFE);
  if (isAllowed(allow, method, readings)) return undefined;
  return refuse('guard-not-allowed', `${method} ${path} is not allowed here.`);
}

/** Whether a host that is an address itself can't be connected to. Names are looked at once they're resolved. */
export function refuseAddress({ allowPrivate }: GuardModel, { host }: Target): GuardRefusal | undefined {
  const isName = addressKind(host) === 'invalid';
  if (isName || mayConnect(host, host, allowPrivate)) return undefined;
  return refuse('guard-address-refused', 'The address is not one on the public Internet.');
}

/** A path without its query. */
export function pathOf(pathAndQuery: string): string {
  const end = pathAndQuery.indexOf('?');
  return end === -1 ? pathAndQuery : pathAndQuery.slice(0, end);
}
