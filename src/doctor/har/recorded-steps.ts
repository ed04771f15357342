import { checkPreflight, checkResponse, ENGINES, type CredentialsMode, type Verdict } from '../../cors/index.ts';
import { BROWSERS, type BrowserName, type Step } from '../journey/types.ts';
import { fieldOf } from '../probe/response-parser.ts';
import type { HeaderLine, Probe, ProbeFailure } from '../probe/types.ts';
import { hideAnswer, hideHeader, hideUrl } from './hide.ts';
import { pageHeaders, requestedHeaders, requestedMethod } from './page-headers.ts';
import type { Entry } from './read-har.ts';

/** What a recorded answer is checked for. */
export interface Checked {
  /** The value of the `Origin` that was sent. */
  readonly origin: string;
  readonly credentials: CredentialsMode;
}

type Verdicts = Readonly<Record<BrowserName, Verdict>>;

function each(judge: (name: BrowserName) => Verdict): Verdicts {
  return Object.fromEntries(BROWSERS.map((name) => [name, judge(name)])) as Record<BrowserName, Verdict>;
}

/** A recorded preflight, and what browsers make of its answer. */
export function preflightStep(preflight: Entry, { origin, credentials }: Checked, failure?: ProbeFailure): Step {
  const request = {
    origin,
    credentials,
    method: requestedMethod(preflight),
    headers: requestedHeaders(preflight).toSorted(),
  };
  const { answer } = preflight;
  const asked = preflight.headers.filter(([name]) => /^access-control-request-/i.test(name));
  return {
    kind: 'preflight',
    origin,
    probe: probeOf(preflight, [...asked, ['Origin', origin]], failure),
    verdicts: answer.status === 0 ? undefined : each((name) => checkPreflight(answer, request, ENGINES[name])),
  };
}

/** A recorded request, and what browsers make of its answer, if they check it. */
export function requestStep(request: Entry, checked: Checked | undefined, failure?: ProbeFailure): Step {
  const { answer } = request;
  const origin = checked?.origin ?? fieldOf(request.headers, 'origin');
  const lines = [
    ...pageHeaders(request, undefined).map(hideHeader),
    ...(origin === undefined ? [] : [['Origin', origin] as const]),
  ];
  const isJudged = checked !== undefined && answer.status !== 0;
  return {
    kind: 'request',
    origin,
    probe: probeOf(request, lines, failure),
    verdicts: isJudged ? each((name) => checkResponse(answer, checked, ENGINES[name])) : undefined,
  };
}

/** An entry as if the doctor had asked, without what was recorded in confidence. */
function probeOf(entry: Entry, headers: readonly HeaderLine[], failure: ProbeFailure | undefined): Probe {
  const { method, url, answer, milliseconds } = entry;
  const shown = hideAnswer(answer.headers);
  const rawHead = [answer.statusLine, ...shown.map((line) => line.join(': '))];
  const known = answer.status === 0 ? { failure: failure ?? ({ kind: 'untold', detail: '' } as const) } : {};
  return {
    request: { url: hideUrl(url.href), method, headers },
    address: addressOf(entry),
    timings: { end: milliseconds },
    ...known,
    ...(answer.status === 0 ? {} : { response: { ...answer, headers: shown, rawHead, body: '' } }),
  };
}

/** Browsers leave the address out of what they refuse. */
function addressOf({ address, url }: Entry): string {
  if (address === '') return url.host;
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}
