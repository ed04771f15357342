import type { Model, RouteModel } from '../config/model.ts';
import { ENGINES, preflightNeeded } from '../cors/index.ts';
import { formatPath, type Place } from '../diagnostics/index.ts';
import {
  explainExchange,
  explainUnused,
  type LiveFinding,
  type LiveSettings,
  type SeenExchange,
} from '../doctor/live/index.ts';
import { rulingOn } from '../features/cors/filter.ts';
import { isSameOrigin } from '../wire/same-origin.ts';
import type { Filter } from '../features/filter.ts';
import { accessRecord, type AccessRecord, type FindingRecord } from '../observe/access-log.ts';
import { FindingBudget } from '../observe/finding-budget.ts';
import { loggedPath } from '../observe/logged-path.ts';
import type { Exchange } from '../wire/exchange.ts';
import type { HeaderList } from '../wire/header-list.ts';
import { H } from '../wire/known-names.ts';
import { GrantedPreflights } from './granted-preflights.ts';

/** What findings say about the config that the gateway was made of. */
export interface FindingOptions {
  /** Where a key stands in the config's file. Default: unknown, and findings name the key alone. */
  readonly locate?: (path: readonly (string | number)[]) => Place | undefined;
  /** `dev`: there is no config, only the `PREFIX=TARGET` pairs of `oneorigin dev`. Default: `config`. */
  readonly written?: 'config' | 'dev';
}

/** No text of a stranger's fills the log. */
const LONGEST = 1000;

/**
 * Looks at each response on its way out and keeps, for the log, why a browser will block it. There is one only with
 * `explain: true`.
 */
export class LiveFindings {
  /** Goes before all features, so that its response phase sees what they left. */
  readonly filter: Filter;
  private readonly model: Model;
  private readonly settings: LiveSettings;
  private readonly locate: NonNullable<FindingOptions['locate']>;
  private readonly found = new WeakMap<Exchange, FindingRecord>();
  private readonly budget = new FindingBudget();
  private readonly granted = new GrantedPreflights();

  constructor(model: Model, { locate = () => undefined, written = 'config' }: FindingOptions = {}) {
    this.model = model;
    this.locate = locate;
    this.settings = {
      policies: model.policies,
      written,
      servesRoot: model.routes.some(({ label }) => label === '/*'),
    };
    this.filter = {
      name: 'explain',
      response: (exchange, status, headers) => this.look(exchange, status, headers),
    };
  }

  /** The record of an exchange that is over, with its finding. */
  record(exchange: Exchange): AccessRecord {
    const record = accessRecord(exchange);
    const finding = this.found.get(exchange);
    return finding === undefined ? record : { ...record, finding };
  }

  private look(exchange: Exchange, status: number, headers: HeaderList): void {
    const seen = seenBy(exchange, status, headers);
    if (seen === undefined) return;
    const finding = this.budget.take(() => explainExchange(seen, this.settings) ?? this.unused(seen));
    if (finding !== undefined) this.found.set(exchange, this.recordOf(finding, exchange));
  }

  /** What is to say about a preflight that was granted before, and that no request followed. */
  private unused(seen: SeenExchange): LiveFinding | undefined {
    const key = `${seen.origin} ${seen.method} ${seen.path}`;
    if (seen.kind === 'preflight') return this.granted.grant(key) ? explainUnused(seen, this.settings) : undefined;
    this.granted.used(key);
    return undefined;
  }

  private recordOf({ code, message, mend, place }: LiveFinding, exchange: Exchange): FindingRecord {
    const told = { code, message: cut(message), mend: cut(mend) };
    const base = place && (place.part === 'route' ? this.routePath(exchange) : this.policyPath(exchange));
    if (place === undefined || base === undefined) return told;
    const path = [...base, ...place.path];
    const at = this.locate(path);
    return {
      ...told,
      key: formatPath(path),
      ...(at === undefined ? {} : { place: [at.file ?? 'config', at.line, at.column].join(':') }),
    };
  }

  private routePath({ route }: Exchange): (string | number)[] | undefined {
    return route === undefined ? undefined : ['routes', (route as RouteModel).index];
  }

  private policyPath(exchange: Exchange): (string | number)[] | undefined {
    const policy = rulingOn(exchange)?.model;
    if (policy === undefined) return undefined;
    if (this.model.policies.get(policy.name) === policy) return ['cors', policy.name];
    const route = this.routePath(exchange);
    return route && [...route, 'cors'];
  }
}

/** What the doctor may know of an exchange; `undefined` where no page waits for the answer under CORS. */
function seenBy(exchange: Exchange, status: number, headers: HeaderList): SeenExchange | undefined {
  const request = exchange.headers;
  const origin = request.getById(H.origin);
  if (origin === undefined) return undefined;
  const isSocket = exchange.upgradeTo === 'websocket';
  if (!isSocket && (isSameOrigin(origin, exchange) || isOtherMode(request))) return undefined;
  const announced = exchange.method === 'OPTIONS' ? request.getById(H['access-control-request-method']) : undefined;
  const names = announced === undefined ? unsafeNames(exchange) : announcedNames(request);
  return {
    kind: isSocket ? 'websocket' : announced === undefined ? 'request' : 'preflight',
    own: `${exchange.scheme}://${exchange.authority}`,
    path: loggedPath(exchange),
    method: announced ?? exchange.method,
    origin,
    names,
    cookies: request.get('cookie') !== undefined,
    status,
    headers: headers.pairs(),
    upstream: exchange.upstream,
    failure: exchange.upstreamFailure,
    problem: exchange.problem,
    route: routeOf(exchange),
    ruling: rulingOn(exchange),
  };
}

/** A navigation, an image or a form: no script waits for it, or one that reads nothing (Fetch Metadata, Sec-Fetch-Mode). */
function isOtherMode(request: HeaderList): boolean {
  const mode = request.getById(H['sec-fetch-mode']);
  return mode !== undefined && mode !== 'cors';
}

function announcedNames(request: HeaderList): string[] {
  const list = request.getCombined('access-control-request-headers') ?? '';
  return list.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim().toLowerCase()]));
}

/** What the browser or a proxy before us sets, and no page. */
const NOT_OF_PAGES =
  /^(?:user-agent|pragma|cache-control|upgrade-insecure-requests|priority|x-forwarded-.*|x-real-ip|forwarded|x-request-id)$/;

/** The names that a preflight would have had to announce. */
function unsafeNames({ method, headers }: Exchange): readonly string[] {
  const lines = headers.pairs().filter(([name]) => !NOT_OF_PAGES.test(name.toLowerCase()));
  const page = { pageOrigin: 'null', url: 'http://localhost', method, headers: lines };
  return preflightNeeded(page, ENGINES.chromium).requestHeaders;
}

function routeOf({ route }: Exchange): SeenExchange['route'] {
  if (route === undefined) return undefined;
  return { label: route.label, proxies: 'action' in route && (route as RouteModel).action.kind === 'proxy' };
}

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
