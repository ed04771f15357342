import type { FailedStep } from '../../cors/index.ts';
import { parseUrl } from '../../protocol/parse-url.ts';
import type { Examination } from '../findings/finding.ts';
import type { Step } from '../journey/types.ts';
import type { HeaderLine } from '../probe/types.ts';
import type { SeenExchange } from './types.ts';

/** One exchange as the doctor would have seen it from outside, with nothing asked around it. */
export function asExamination(
  seen: SeenExchange,
  failed: { readonly step: FailedStep; readonly value: string },
): Examination {
  const { kind, origin, method, names } = seen;
  const url = urlOf(seen);
  const at = stepOf(seen, kind === 'preflight' ? 'preflight' : 'request', seen);
  const before = seen.preflight && stepOf(seen, 'preflight', seen.preflight);
  const need = {
    fault: undefined,
    crossOrigin: true,
    needed: kind === 'preflight',
    why: [],
    requestMethod: method,
    requestHeaders: names,
    dropped: [],
  };
  const hop = { url, method, crossOrigin: true, need, ...(before && { preflight: before }), [at.kind]: at };
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

function stepOf(
  seen: SeenExchange,
  kind: Step['kind'],
  { status, headers }: Pick<SeenExchange, 'status' | 'headers'>,
): Step {
  const { origin, method, own, upstream } = seen;
  const lines = headers.map((line) => withoutSecrets(line));
  return {
    kind,
    origin,
    probe: {
      request: { url: urlOf(seen), method: kind === 'preflight' ? 'OPTIONS' : method, headers: [['Origin', origin]] },
      address: upstream === '' ? own.replace(/^.*\/\//, '') : upstream,
      response: { status, statusLine: '', headers: lines, rawHead: [], body: '' },
      timings: { end: 0 },
    },
    verdicts: undefined,
  };
}

function urlOf({ own, path }: SeenExchange): string {
  return parseUrl(own + path) === undefined ? 'http://localhost/' : own + path;
}

/** Where a redirect leads may hold a token. */
function withoutSecrets([name, value]: HeaderLine): HeaderLine {
  if (name.toLowerCase() !== 'location') return [name, value];
  return [name, value.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//')];
}
