import { FORBIDDEN_RESPONSE_HEADERS } from '../../protocol/fetch-names.ts';
import { STRANGER, type Surroundings } from '../around/ask-around.ts';
import { BROWSERS } from '../journey/types.ts';
import { fieldsOf } from '../probe/response-parser.ts';
import { leavesOrigin } from '../question.ts';
import { finding, type Examination, type Finding } from './finding.ts';
import { allowOrigin, passes, titled, variesByOrigin } from './headers.ts';
import { localNetworkFindings } from './local-network.ts';

/** What the questions around the question showed: nothing of it blocks this request. */
export function aroundFindings(examination: Examination): Finding[] {
  const { question, around } = examination;
  if (around === undefined || !leavesOrigin(question)) return [];
  return [
    ...errorPath(examination, around),
    ...vary(examination, around),
    ...anyOrigin(examination, around),
    ...journeyFindings(examination),
    ...duplicates(examination, around),
    ...localNetworkFindings(examination),
    ...failingAddresses(around),
    ...notSent(examination),
  ];
}

/** What the browser's way alone shows, beside what blocks it. */
export function journeyFindings(examination: Examination): Finding[] {
  return [
    ...maxAge(examination),
    ...authorization(examination),
    ...unexposed(examination),
    ...browsersDiffer(examination),
    ...responseHeadersInRequest(examination),
  ];
}

/** Something of the policy must be there before it can be missing on errors. */
function errorPath({ question, journey }: Examination, around: Surroundings): Finding[] {
  if (!passes(around.again, question.origin, question) && journey.outcome !== 'readable') return [];
  for (const probe of [around.anonymous, around.missing]) {
    const status = probe?.response?.status ?? 0;
    if (probe === undefined || status < 400 || allowOrigin(probe) !== undefined) continue;
    const data = { status, path: new URL(probe.request.url).pathname };
    return [finding('doctor-error-path-no-policy', { severity: 'warning', data, probes: [probe] })];
  }
  return [];
}

/** A value that follows the asking origin, or is only there for some, needs `Vary: Origin` on all answers. */
function vary(_: Examination, { again, withoutOrigin, otherOrigin }: Surroundings): Finding[] {
  const all = [again, withoutOrigin, otherOrigin];
  if (all.some(({ response }) => response === undefined)) return [];
  if (new Set(all.map(allowOrigin)).size < 2) return [];
  const names = ['with the page’s origin', 'without Origin', 'with another origin'];
  const without = all.flatMap((probe, index) => (variesByOrigin(probe) ? [] : [index]));
  if (without.length === 0) return [];
  const cases = without.map((index) => names[index]?.replace('’', "'") ?? '').join(', ');
  const probes = all.filter((_, index) => without.includes(index));
  return [finding('doctor-no-vary', { severity: 'warning', data: { cases }, probes })];
}

function anyOrigin({ audit }: Examination, { otherOrigin }: Surroundings): Finding[] {
  // The audit says the same, and more.
  if (audit.length > 0) return [];
  if (allowOrigin(otherOrigin) !== STRANGER) return [];
  const credentials = passes(otherOrigin, STRANGER, { credentials: 'include' });
  const data = { origin: STRANGER, credentials };
  return [finding('doctor-any-origin', { severity: 'warning', data, probes: [otherOrigin] })];
}

/** The smallest cap that still counts for most visitors: Chromium's. */
const LONGEST_KEPT = 7200;

function maxAge({ journey }: Examination): Finding[] {
  const probe = journey.hops.find(({ preflight }) => preflight?.verdicts?.chromium.passed === true)?.preflight?.probe;
  if (probe === undefined) return [];
  const value = fieldsOf(probe.response?.headers ?? [], 'access-control-max-age').join(', ');
  const reason =
    value === ''
      ? 'absent'
      : !/^-?\d+$/.test(value)
        ? 'malformed'
        : Number(value) <= 0
          ? 'zero'
          : Number(value) > LONGEST_KEPT
            ? 'capped'
            : undefined;
  if (reason === undefined) return [];
  const severity = reason === 'capped' || reason === 'absent' ? 'info' : 'warning';
  return [finding('doctor-max-age', { severity, data: { value, reason }, probes: [probe] })];
}

function authorization({ journey }: Examination): Finding[] {
  const step = journey.hops.find(({ need }) => need.requestHeaders.includes('authorization'))?.preflight;
  const allowed = fieldsOf(step?.probe.response?.headers ?? [], 'access-control-allow-headers').join(',');
  if (step === undefined || step.verdicts?.chromium.passed !== true || /\bauthorization\b/i.test(allowed)) return [];
  return [finding('doctor-authorization-by-wildcard', { severity: 'warning', probes: [step.probe] })];
}

/** Headers that belong to the way, not to the application: no page misses them. */
const OF_THE_WAY =
  /^(?:access-control-.*|alt-svc|age|cf-.*|connection|content-(?:encoding|length|security-policy.*)|cross-origin-.*|date|keep-alive|nel|origin-agent-cluster|permissions-policy|referrer-policy|report-to|reporting-endpoints|server|server-timing|strict-transport-security|trailer|transfer-encoding|upgrade|vary|via|x-(?:amz-.*|amzn-.*|cache.*|content-type-options|download-options|frame-options|kong-.*|envoy-.*|powered-by|permitted-.*|served-by|timer|varnish|vercel-.*|xss-protection|dns-prefetch-control|runtime))$/;

function unexposed({ journey }: Examination): Finding[] {
  const { final, readable } = journey;
  const probe = journey.hops.at(-1)?.request?.probe;
  if (final === undefined || probe === undefined || journey.outcome !== 'readable') return [];
  const names = [...new Set(final.headers.map(([name]) => name.toLowerCase()))].filter(
    (name) => !readable.includes(name) && !FORBIDDEN_RESPONSE_HEADERS.has(name) && !OF_THE_WAY.test(name),
  );
  if (names.length === 0) return [];
  const own = names.some(
    (name) => name.startsWith('x-') || /^(?:location|link|retry-after|content-disposition|ratelimit.*)$/.test(name),
  );
  const show = [...names, 'access-control-expose-headers'];
  return [
    finding('doctor-header-unexposed', { severity: own ? 'warning' : 'info', data: { names }, probes: [probe], show }),
  ];
}

/** A second layer shows on other answers, even if this one is well. */
function duplicates({ journey }: Examination, around: Surroundings): Finding[] {
  if (journey.stop?.kind === 'cors') return [];
  const answers = [
    ['the preflight', around.preflight],
    ['the answer', around.again],
    ['errors', around.missing],
  ] as const;
  for (const [where, probe] of answers) {
    const names = (probe.response?.headers ?? []).map(([name]) => name.toLowerCase());
    const twice = names.find(
      (name, index) => /^access-control-allow-(?:origin|credentials)$/.test(name) && names.indexOf(name) !== index,
    );
    if (twice === undefined) continue;
    const data = { header: titled(twice), where };
    return [finding('doctor-duplicate-line', { severity: 'warning', data, probes: [probe] })];
  }
  return [];
}

function browsersDiffer({ journey }: Examination): Finding[] {
  if (journey.outcome !== 'readable') return [];
  const steps = journey.hops.flatMap(({ preflight, request }) => [preflight, request]);
  for (const step of steps) {
    for (const name of BROWSERS) {
      const verdict = step?.verdicts?.[name];
      if (step === undefined || verdict === undefined || verdict.passed) continue;
      const data = { browser: titled(name === 'webkit' ? 'Safari' : name), step: verdict.step };
      return [finding('doctor-browsers-differ', { severity: 'warning', data, probes: [step.probe] })];
    }
  }
  return [];
}

function responseHeadersInRequest({ question, journey }: Examination): Finding[] {
  const name = question.headers.find(([name]) => /^access-control-(?:allow|expose|max)-/i.test(name))?.[0];
  const isCause = journey.stop?.kind === 'cors' && journey.stop.value === name?.toLowerCase();
  if (name === undefined || isCause) return [];
  return [
    finding('doctor-response-header-in-request', { severity: 'warning', data: { name: titled(name.toLowerCase()) } }),
  ];
}

function failingAddresses({ addresses }: Surroundings): Finding[] {
  // `localhost` is ::1 too on most machines, and servers often aren't: browsers fall back at once.
  return addresses.flatMap(({ address, failure }) =>
    failure === undefined || (address === '::1' && failure.kind === 'refused')
      ? []
      : [finding('doctor-address-fails', { severity: 'warning', data: { address, detail: failure.detail } })],
  );
}

function notSent({ journey }: Examination): Finding[] {
  const step = journey.hops.at(-1)?.request;
  if (step?.instead === undefined || journey.outcome !== 'undecided') return [];
  const data = { method: step.instead, status: step.probe.response?.status ?? 0 };
  return [finding('doctor-not-sent', { severity: 'warning', data, probes: [step.probe] })];
}
