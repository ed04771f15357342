import type { FailedStep } from '../../cors/index.ts';
import type { Examination } from '../findings/finding.ts';
import type { Step } from '../journey/types.ts';
import type { HeaderLine } from '../probe/types.ts';
import type { SeenExchange } from './types.ts';

/** One exchange as the doctor would have seen it from outside, with nothing asked around it. */
export function asExamination(
  seen: SeenExchange,
  failed: { readonly step: FailedStep; readonly value: string },
): Examination {
  const { kind, origin, method, names, status, own } = seen;
  const url = urlOf(seen);
  const headers = seen.headers.map((line) => withoutSecrets(line));
  const at: Step = {
    kind: kind === 'preflight' ? 'preflight' : 'request',
    origin,
    probe: {
      request: { url, method: kind === 'preflight' ? 'OPTIONS' : method, headers: [['Origin', origin]] },
      address: seen.upstream === '' ? new URL(own).host : seen.upstream,
      response: { status, statusLine: '', headers, rawHead: [], body: '' },
      timings: { end: 0 },
    },
    verdicts: undefined,
  };
  const need = {
    fault: undefined,
    crossOrigin: true,
    needed: kind === 'preflight',
    why: [],
    requestMethod: method,
    requestHeaders: names,
    dropped: [],
  };
  const hop = { url, method, crossOrigin: true, need, [at.kind]: at };
  const credentials = seen.cookies ? 'include' : 'same-origin';
  return {
    question: { url, origin, method, headers: [], credentials, mode: 'cors', send: false },
    journey: {
      hops: [hop],
      outcome: 'blocked',
      stop: { kind: 'cors', at, ...failed },
      final: undefined,
      readable: [],
    },
    around: undefined,
    fingerprints: [],
    layers: [],
    page: undefined,
    audit: [],
  };
}

function urlOf({ own, path }: SeenExchange): string {
  return URL.canParse(own + path) ? own + path : 'http://localhost/';
}

/** Where a redirect leads may hold a token. */
function withoutSecrets([name, value]: HeaderLine): HeaderLine {
  if (name.toLowerCase() !== 'location') return [name, value];
  return [name, value.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//')];
}
