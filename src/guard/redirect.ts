import { addressKind } from './address.ts';
import { admitUrl, pathOf, refuseAddress, refusePath } from './admit.ts';
import { isListed } from './host-rules.ts';
import type { GuardModel, NamedTarget, Target } from './model.ts';
import { readingsOf } from './path-rules.ts';
import { overlayQuery, withoutNames } from './query.ts';
import { isRefusal, refuse, type GuardProblemCode, type GuardRefusal } from './refusal.ts';
import { isSameTarget, originOfTarget, parseTargetUrl, type ParsedTarget } from './target-url.ts';

/** One request to a target: the first, or one that a redirect leads to. */
export interface Hop {
  readonly method: string;
  readonly target: Target;
  /** Path and query as they're sent. */
  readonly path: string;
  /** Redirects so far. */
  readonly redirects: number;
  /** Whether headers that the config adds, and those of the client's that it lists, are sent: not once another origin was asked. */
  readonly credentials: boolean;
  /** Whether the request's body, and the headers that describe it, are sent. */
  readonly body: boolean;
}

/** The first hop of a request that was admitted. */
export function firstHop(method: string, { target, path }: ParsedTarget): Hop {
  return { method, target, path, redirects: 0, credentials: true, body: true };
}

/** Statuses that lead elsewhere (Fetch, "redirect status"). */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Where a response leads, checked as the first request was; undefined if the page gets the response as it is: no redirect,
 * or none that is followed on the server.
 *
 * A named API may redirect to itself, where `allow` holds as for the page, and to its `redirectHosts`. Secrets stay with its
 * own origin, and aren't sent again once another was asked; nor are the client's headers that the config lists, such as
 * Authorization (which Fetch drops too: "HTTP-redirect fetch", 4.4).
 */
export function nextHop(
  model: GuardModel,
  hop: Hop,
  { status, location }: { readonly status: number; readonly location: string | undefined },
): Hop | GuardRefusal | undefined {
  if (model.redirects.mode !== 'follow' || !REDIRECTS.has(status) || location === undefined) return undefined;
  if (hop.redirects >= model.redirects.max) {
    return refuse('guard-too-many-redirects', `The API redirects more than ${model.redirects.max} times.`);
  }
  const parsed = resolveLocation(hop, location);
  if (isRefusal(parsed)) return refused(parsed);
  // Fetch, "HTTP-redirect fetch", 4.4: a form that was posted is answered by a page to get.
  const toGet =
    ((status === 301 || status === 302) && hop.method === 'POST') ||
    (status === 303 && hop.method !== 'GET' && hop.method !== 'HEAD');
  const method = toGet ? 'GET' : hop.method;
  const credentials = hop.credentials && isSameTarget(hop.target, parsed.target);
  const path = pathOfHop(model, { ...parsed, method, credentials });
  if (typeof path !== 'string') return refused(path, whereOf(parsed, hop));
  return { method, target: parsed.target, path, redirects: hop.redirects + 1, credentials, body: hop.body && !toGet };
}

/** What the page is told doesn't repeat where the API wanted it to go: that may be an address inside. */
const WHY: Readonly<Partial<Record<GuardProblemCode, string>>> = {
  'guard-address-refused': 'It is an address that is not on the public Internet.',
  'guard-host-refused': 'It is a server that is not listed.',
  'guard-not-allowed': 'It is a path that `allow` does not list.',
};

function refused({ code }: GuardRefusal, where?: string): GuardRefusal {
  const why = WHY[code] ?? 'It is no URL that everybody reads alike.';
  const refusal = refuse('guard-redirect-refused', `The API redirects to where the guard does not go. ${why}`);
  return where === undefined ? refusal : { ...refusal, where };
}

/** What the log may say of a place: of the same server's the path, of another its name, and no address. */
function whereOf({ target, path }: ParsedTarget, hop: Hop): string {
  if (isSameTarget(target, hop.target)) return pathOf(path);
  const kind = addressKind(target.host);
  return kind === 'invalid' ? originOfTarget(target) : `a ${kind} address`;
}

/** The path to send, or why the hop isn't made. */
function pathOfHop(
  model: GuardModel,
  hop: ParsedTarget & { readonly method: string; readonly credentials: boolean },
): string | GuardRefusal {
  const { to } = model;
  const { method, target, path, credentials } = hop;
  if (to.kind === 'open') {
    const admitted = admitUrl(model, to, method, originOfTarget(target) + path);
    return isRefusal(admitted) ? admitted : admitted.path;
  }
  const bare = pathOf(path);
  const query = path.slice(bare.length);
  if (!isSameTarget(target, to.target)) {
    const why = refuseElsewhere(model, to, hop);
    return why ?? bare + withoutNames(query, to.query);
  }
  const below = belowBase(to, bare);
  if (below === undefined) return refuse('guard-not-allowed', 'The path is not below that of the target.');
  const why = refusePath(model, method, below) ?? refuseAddress(model, target);
  return why ?? bare + (credentials ? overlayQuery(query, to.query) : withoutNames(query, to.query));
}

function refuseElsewhere(model: GuardModel, to: NamedTarget, { target, path }: ParsedTarget): GuardRefusal | undefined {
  const readings = readingsOf(pathOf(path));
  if (readings === 'unsafe' || !isListed(to.redirectHosts, target, readings)) {
    return refuse('guard-host-refused', 'It is another server, and not one of `redirectHosts`.');
  }
  return refuseAddress(model, target);
}

/** A path of the target's as `allow` sees it; undefined if it isn't below the target's own. */
function belowBase({ basePath }: NamedTarget, path: string): string | undefined {
  if (!path.startsWith(basePath)) return undefined;
  const below = path.slice(basePath.length);
  return below === '' ? '/' : below.startsWith('/') ? below : undefined;
}

/** A Location, as strictly as any other URL. Relative ones begin at the hop (RFC 9110 §10.2.2). */
function resolveLocation(hop: Hop, location: string): ParsedTarget | GuardRefusal {
  // Spaces, and bytes beyond ASCII, one per character as fields are read: a path's are escaped, a host's refused.
  const text = location.replaceAll(/[ \x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
  const origin = originOfTarget(hop.target);
  if (/^[a-z][a-z\d+.-]*:/i.test(text)) return parseTargetUrl(text);
  if (/^\/[/\\]/.test(text)) return parseTargetUrl(`${hop.target.protocol}:${text}`);
  if (text.startsWith('/')) return parseTargetUrl(origin + text);
  if (text.startsWith('?')) return parseTargetUrl(origin + pathOf(hop.path) + text);
  if (text === '' || text.startsWith('#')) return parseTargetUrl(origin + hop.path);
  const folder = pathOf(hop.path).replace(/[^/]*$/, '');
  return parseTargetUrl(origin + folder + text);
}

/**
 * A Location as the page may see it: leading through the gateway, without what the config adds to queries. Undefined if it
 * leads to where the guard doesn't, which the page isn't told.
 *
 * A named API's own URLs become the gateway's; those of its `redirectHosts` stay as they are; in the open form the URL is
 * put behind the prefix again.
 */
export function rewriteLocation(model: GuardModel, hop: Hop, location: string): string | undefined {
  const parsed = resolveLocation(hop, location);
  if (isRefusal(parsed)) return undefined;
  const { target, path } = parsed;
  const { to } = model;
  const url = originOfTarget(target) + path;
  // Whatever method comes next is looked at when it comes.
  if (to.kind === 'open') {
    const isListedHost = !isRefusal(
      admitUrl({ ...model, allow: [{ methods: undefined, segments: ['**'] }] }, to, 'GET', url),
    );
    return isListedHost ? `${to.stripPrefix}/${url}` : undefined;
  }
  const bare = pathOf(path);
  const query = withoutNames(path.slice(bare.length), to.query);
  if (!isSameTarget(target, to.target)) {
    return refuseElsewhere(model, to, parsed) === undefined ? originOfTarget(target) + bare + query : undefined;
  }
  const below = belowBase(to, bare);
  // A path that begins with two slashes would name another host.
  if (below === undefined || (to.stripPrefix === '' && below.startsWith('//'))) return undefined;
  return to.stripPrefix + below + query;
}
