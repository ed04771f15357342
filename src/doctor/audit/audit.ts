import { doctorAuditCatalogue, type AuditCode } from '../../diagnostics/catalogue/doctor-audit.ts';
import { STRANGER, type Surroundings } from '../around/ask-around.ts';
import { allowOrigin, cacheSign, passes } from '../findings/headers.ts';
import { actualRequest, preflightRequest } from '../journey/browser-request.ts';
import { addressSpace } from '../network-space.ts';
import type { ProbeClient } from '../probe/client.ts';
import { fieldsOf } from '../probe/response-parser.ts';
import type { Probe } from '../probe/types.ts';
import type { Question } from '../question.ts';
import { hostileOrigins, type HostileOrigin } from './origins.ts';

/** An answer that lets somebody in who shouldn't be. */
export interface AuditHit {
  readonly origin: string;
  readonly browsers: HostileOrigin['browsers'];
  readonly credentials: boolean;
  readonly probe: Probe;
  /** What more the row's sentence needs. */
  readonly data?: Readonly<Record<string, string | number>>;
}

/** One of the 17 rows, and what came of it. */
export interface AuditRow {
  readonly row: number;
  readonly code: AuditCode;
  /** `covered`: let in by a fault that another row names. `not-asked`: it makes no sense here, or needs `--send`. */
  readonly state: 'hit' | 'clear' | 'covered' | 'not-asked';
  readonly hits: readonly AuditHit[];
}

const CODES = Object.keys(doctorAuditCatalogue) as AuditCode[];

/** How many questions are under way at a time: an audit is no load test. */
const AT_ONCE = 6;

interface Auditing {
  readonly question: Question;
  readonly around: Surroundings;
  readonly client: ProbeClient;
}

/** Asks with origins that a policy should refuse; every verdict is the browser model's, with that origin. */
export async function audit(auditing: Auditing): Promise<AuditRow[]> {
  const { question, around } = auditing;
  const byOrigin = await auditOrigins(auditing);
  const rest: Readonly<Record<string, readonly AuditHit[] | undefined>> = {
    'doctor-audit-wildcard': wildcard(around),
    'doctor-audit-cache': await cache(auditing),
    'doctor-audit-drift': await drift(auditing),
    'doctor-audit-side-effect': question.send ? await sideEffect(auditing) : undefined,
  };
  const isCovered = coverage(byOrigin);
  return CODES.map((code, index) => {
    const found = byOrigin.get(code) ?? rest[code];
    const hits = (found ?? []).filter((hit) => !isCovered(code, hit));
    const state = found === undefined ? 'not-asked' : hits.length > 0 ? 'hit' : found.length > 0 ? 'covered' : 'clear';
    return { row: index + 1, code, state, hits };
  });
}

/** Which hits are the work of a fault that another row names better: what lets anyone in lets in all of them. */
function coverage(found: ReadonlyMap<AuditCode, readonly AuditHit[]>): (code: AuditCode, hit: AuditHit) => boolean {
  const isHit = (code: AuditCode, test: (origin: string) => boolean = () => true): boolean =>
    (found.get(code) ?? []).some(({ origin }) => test(origin));
  const [anyone, prefix, subdomain] = [
    isHit('doctor-audit-any-origin'),
    isHit('doctor-audit-prefix'),
    isHit('doctor-audit-subdomain'),
  ];
  const suffix = isHit('doctor-audit-suffix', (origin) => origin.startsWith('https://evil'));
  const [domain = ''] = (found.get('doctor-audit-suffix') ?? []).map(({ origin }) =>
    origin.replace(/^https:\/\/evil/, ''),
  );
  return (code, { origin }) => {
    if (anyone) return code !== 'doctor-audit-any-origin' && found.has(code);
    if (code === 'doctor-audit-suffix') return subdomain && origin.startsWith('https://x');
    if (code === 'doctor-audit-regex-dot') return suffix && origin.endsWith(domain);
    return code === 'doctor-audit-parser' && prefix;
  };
}

function ask({ question, around, client }: Auditing, origin: string | undefined, url = around.url): Promise<Probe> {
  return client.ask(actualRequest(question, { url, method: 'GET', origin }));
}

/** Rows 1 to 13. A row without origins isn't asked. */
async function auditOrigins(auditing: Auditing): Promise<Map<AuditCode, AuditHit[]>> {
  const { question, around } = auditing;
  const rows = hostileOrigins(around.url, question.origin).filter(({ origins }) => origins.length > 0);
  const found = new Map(rows.map(({ code }): [AuditCode, AuditHit[]] => [code, []]));
  const tasks = rows.flatMap(({ code, origins }) => origins.map((hostile) => ({ code, hostile })));
  const work = async (): Promise<void> => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      const { code, hostile } = task;
      const hit = hitOf(await ask(auditing, hostile.origin), hostile, question);
      if (hit !== undefined) found.get(code)?.push(hit);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

function hitOf(probe: Probe, { origin, browsers }: HostileOrigin, question: Question): AuditHit | undefined {
  if (origin === question.origin || allowOrigin(probe) === '*' || !passes(probe, origin, { credentials: 'omit' })) {
    return undefined;
  }
  return { origin, browsers, credentials: passes(probe, origin, { credentials: 'include' }), probe };
}

/** Row 14. `*` is well for what is public anyway. */
function wildcard({ again, addresses }: Surroundings): AuditHit[] {
  if (allowOrigin(again) !== '*') return [];
  const credentials = fieldsOf(again.response?.headers ?? [], 'access-control-allow-credentials').join() === 'true';
  const isPrivate = addresses.some(({ address }) => addressSpace(address) === 'local');
  return credentials || isPrivate ? [{ origin: '*', browsers: 'all', credentials, probe: again }] : [];
}

/** Row 15: nobody, the page, a stranger, one after the other on a URL that nobody asked before. */
async function cache(auditing: Auditing): Promise<AuditHit[]> {
  const { question, around } = auditing;
  const url = around.uncached.request.url.replace(/[\da-f]{8}$/, 'audit');
  const nobody = await ask(auditing, undefined, url);
  const page = await ask(auditing, question.origin, url);
  const stranger = await ask(auditing, STRANGER, url);
  const value = allowOrigin(stranger);
  const isPages = value === question.origin && allowOrigin(page) === value;
  // The same for nobody as well is one fixed origin, unless a cache says that it kept it.
  if (!isPages || (allowOrigin(nobody) === value && cacheSign(stranger.response) === undefined)) return [];
  return [{ origin: STRANGER, browsers: 'all', credentials: false, probe: stranger, data: { value } }];
}

/** Row 16: refused here, and let in by a preflight, an error, or without the token. */
async function drift(auditing: Auditing): Promise<AuditHit[]> {
  const { around, client } = auditing;
  if (passes(around.otherOrigin, STRANGER, { credentials: 'omit' })) return [];
  const method = { requestMethod: 'GET', requestHeaders: [] };
  const elsewhere = [
    ['the preflight', await client.ask(preflightRequest(around.url, STRANGER, method))],
    ['an error', await ask(auditing, STRANGER, around.missing.request.url)],
    ['the root', await ask(auditing, STRANGER, new URL('/', around.url).href)],
  ] as const;
  return elsewhere
    .filter(([, probe]) => passes(probe, STRANGER, { credentials: 'omit' }))
    .map(([where, probe]) => {
      const credentials = passes(probe, STRANGER, { credentials: 'include' });
      return { origin: STRANGER, browsers: 'all', credentials, probe, data: { where } };
    });
}

/** Row 17: what a form of any site can send. Only with leave. */
async function sideEffect({ question, around, client }: Auditing): Promise<AuditHit[]> {
  const plain: Question = { ...question, headers: [['Content-Type', 'text/plain']], body: question.body ?? '' };
  const probe = await client.ask(
    actualRequest(plain, { url: around.url, method: 'POST', origin: STRANGER, withBody: true }),
  );
  const status = probe.response?.status ?? 0;
  if (status < 200 || status > 299) return [];
  return [{ origin: STRANGER, browsers: 'all', credentials: false, probe, data: { status } }];
}
