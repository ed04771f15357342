import { checkResponse, ENGINES } from '../../cors/index.ts';
import { findAll, type Examination, type Finding } from '../findings/index.ts';
import { journeyFindings } from '../findings/around.ts';
import { finding, rank } from '../findings/finding.ts';
import type { BrowserName } from '../journey/types.ts';
import { describeReason } from '../report/preflight-reason.ts';
import type { KnownCredentials } from './credentials.ts';
import { isPublicHeader } from '../secrets.ts';
import type { Doubt, Walked } from './walk.ts';

/** Everything that was found in a recorded request: what a browser's way shows, and what the recording leaves open. */
export function aroundHar(
  examination: Examination,
  walked: Walked & { readonly credentials: KnownCredentials },
  engine: BrowserName,
): Finding[] {
  const { credentials } = walked;
  const known = findAll(examination).filter(({ code, data }) => {
    // It's found below, with what the recording says.
    if (code === 'doctor-har-untold') return false;
    return code !== 'doctor-cookie' || credentials.from !== 'assumed' || data['reason'] !== 'not-included';
  });
  const isMissing = walked.preflight === 'missing';
  return rank([
    ...known,
    ...journeyFindings(examination),
    ...(isMissing ? [noPreflight(examination, walked)] : []),
    ...walked.doubts.flatMap((doubt) => doubted(doubt, examination, isMissing)),
    ...(credentials.from === 'assumed' ? otherwise(examination, engine) : []),
  ]);
}

function noPreflight(examination: Examination, { journey, need }: Walked): Finding {
  const request = journey.hops.findLast((hop) => hop.request !== undefined)?.request;
  const passed = request?.probe.response !== undefined;
  const why = need.why.map(describeReason).join(', ');
  return finding('doctor-har-no-preflight', {
    severity: passed ? 'info' : 'error',
    data: { why: why === '' ? 'the request is not a simple one' : why, passed, command: commandOf(examination) },
    probes: request === undefined ? [] : [request.probe],
  });
}

function doubted(doubt: Doubt, examination: Examination, isMissing: boolean): Finding[] {
  const { said } = doubt;
  const last = examination.journey.hops.at(-1);
  const probes = [last?.preflight?.probe, last?.request?.probe].filter((probe) => probe !== undefined);
  switch (doubt.kind) {
    case 'stopped':
      return [finding('doctor-har-stopped', { data: { reason: doubt.reason, said }, probes })];
    case 'differs':
      return [
        finding('doctor-har-differs', {
          severity: doubt.blocked ? 'error' : 'warning',
          data: { blocked: doubt.blocked, said },
          probes,
        }),
      ];
    case 'untold': {
      // That there is no preflight says more.
      if (isMissing && doubt.reason === 'answer') return [];
      const severity = examination.journey.outcome === 'blocked' ? 'error' : 'warning';
      const data = { reason: doubt.reason, said, command: commandOf(examination) };
      return [finding('doctor-har-untold', { severity, data, probes })];
    }
  }
}

/** Whether it would be blocked if the page had asked with credentials. */
function otherwise({ journey, question }: Examination, engine: BrowserName): Finding[] {
  if (journey.outcome !== 'readable') return [];
  for (const { request } of journey.hops) {
    const response = request?.probe.response;
    if (request?.verdicts === undefined || response === undefined) continue;
    const checked = { origin: request.origin ?? question.origin, credentials: 'include' } as const;
    const verdict = checkResponse(response, checked, ENGINES[engine]);
    if (!verdict.passed)
      return [
        finding('doctor-har-credentials', { severity: 'info', data: { step: verdict.step }, probes: [request.probe] }),
      ];
  }
  return [];
}

/** The command that asks the server what the recording doesn't tell. */
function commandOf({ question, journey }: Examination): string {
  const { url, origin, method, credentials } = question;
  const headers = (journey.hops[0]?.need.requestHeaders ?? []).map((name) => {
    const value = isPublicHeader(name)
      ? (question.headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? '…')
      : '…';
    return ` -H ${quote(`${name}: ${value}`)}`;
  });
  const shown = `oneorigin doctor ${quote(url)} --origin ${origin}${method === 'GET' ? '' : ` --method ${method}`}`;
  return `${shown}${headers.join('')}${credentials === 'include' ? ' --credentials include' : ''}`;
}

/** For a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
