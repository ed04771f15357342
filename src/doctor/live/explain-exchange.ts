import { checkPreflight, checkResponse, ENGINES, type Verdict } from '../../cors/index.ts';
import { noRequestFollowed } from '../../diagnostics/catalogue/live.ts';
import { proseOf } from '../../diagnostics/index.ts';
import { corsCause } from '../findings/cause.ts';
import { asExamination } from './as-examination.ts';
import { mendFor, mendForSocket } from './mend.ts';
import { refusalFinding } from './refusal.ts';
import type { LiveFinding, LiveSettings, SeenExchange } from './types.ts';

/**
 * Why a browser will keep this exchange's answer from its page, by the browser model's verdict on what was sent and with
 * the doctor's own findings; `undefined` if it won't.
 */
export function explainExchange(seen: SeenExchange, settings: LiveSettings): LiveFinding | undefined {
  const { kind, status, ruling } = seen;
  if (kind === 'websocket') {
    if (ruling !== undefined && !ruling.decision.allowed) return refusalFinding(seen, ruling);
    return status === 101 ? undefined : failedSocket(seen);
  }
  const verdict = verdictOn(seen);
  if (verdict.passed) return undefined;
  // Browsers look at credentials before methods and names, whatever the policy says of those.
  const isAboutCredentials = /wildcard-with-credentials|^allow-credentials/.test(verdict.step);
  if (ruling !== undefined && !ruling.decision.allowed && !isAboutCredentials) return refusalFinding(seen, ruling);
  const found = corsCause(asExamination(seen, verdict));
  return found && { code: found.code, message: proseOf(found).message, ...mendFor(seen, found, settings) };
}

/**
 * Of a preflight that passes and that no request follows: what a browser finds if the page asks with credentials, which
 * preflights don't tell; `undefined` if it would pass with them too.
 */
export function explainUnused(seen: SeenExchange, settings: LiveSettings): LiveFinding | undefined {
  const found = explainExchange({ ...seen, cookies: true }, settings);
  return found && { ...found, message: `${found.message} ${noRequestFollowed}` };
}

function verdictOn(seen: SeenExchange): Verdict {
  const { kind, origin, method, names, status, headers } = seen;
  const credentials = seen.cookies ? 'include' : 'same-origin';
  const response = { status, headers };
  return kind === 'preflight'
    ? checkPreflight(response, { origin, credentials, method, headers: names }, ENGINES.chromium)
    : checkResponse(response, { origin, credentials }, ENGINES.chromium);
}

function failedSocket(seen: SeenExchange): LiveFinding {
  const found = { code: 'live-websocket-failed', severity: 'error', data: { status: seen.status } } as const;
  return { code: found.code, message: proseOf(found).message, mend: mendForSocket(seen), place: undefined };
}
