import type { ListenerModel, Model } from '../config/index.ts';
import type { CredentialsMode } from '../cors/index.ts';
import type { Diagnostic } from '../diagnostics/index.ts';
import { cliProblem } from './terminal.ts';
import type { SimulatedRequest } from './simulation.ts';

/** The options that describe a request of a page. */
export interface SimulationOptions {
  readonly origin?: string;
  readonly request?: string;
  readonly header?: readonly string[];
  readonly credentials?: string;
  readonly host?: string;
}

/** The request that the options describe; undefined if they describe none. */
export function parseSimulation(
  options: SimulationOptions,
  model: Model,
): SimulatedRequest | { readonly problems: Diagnostic[] } | undefined {
  const { origin, request } = options;
  const { header, credentials: mode, host } = options;
  if ([origin, request, header, mode, host].every((option) => option === undefined)) return undefined;
  if (origin === undefined || request === undefined) return { problems: [cliProblem('cli-simulation-incomplete', {})] };
  const problems: Diagnostic[] = [];
  const match = /^(?:([^\s/]+)\s+)?(\/\S*)$/.exec(request.trim());
  if (match === null) problems.push(cliProblem('cli-request-invalid', { text: request }));
  checkOrigin(origin, problems);
  const headers = (options.header ?? []).flatMap((text) => parseHeader(text, problems));
  const credentials = parseCredentials(options.credentials ?? 'same-origin', problems);
  const gateway = gatewayOrigin(options.host, model, origin);
  if (gateway === undefined)
    problems.push(cliProblem('cli-origin-invalid', { text: options.host ?? '', suggestion: '' }));
  if (problems.length > 0 || match === null || gateway === undefined) return { problems };
  return { origin, method: match[1] ?? 'GET', target: match[2] ?? '/', headers, credentials, gateway };
}

/** Notes a problem if this is no origin as a browser serialises it. */
export function checkOrigin(origin: string, problems: Diagnostic[]): void {
  if (origin === 'null') return;
  const serialised = originOf(origin) ?? originOf(`https://${origin}`) ?? '';
  // Nothing is what a shell makes of a variable that isn't set.
  if (origin === '' || serialised !== origin)
    problems.push(cliProblem('cli-origin-invalid', { text: origin, suggestion: serialised }));
}

function originOf(text: string): string | undefined {
  if (!text.includes('://')) return undefined;
  try {
    const url = new URL(text);
    if (url.host === '') return undefined;
    // Origins of other schemes (extensions, apps) are what they are.
    return /^https?:$/.test(url.protocol) ? url.origin : `${url.protocol}//${url.host}`;
  } catch {
    return undefined;
  }
}

/** A header line; none, and a problem, if it isn't one. */
export function parseHeader(text: string, problems: Diagnostic[]): (readonly [string, string])[] {
  const colon = text.indexOf(':');
  if (colon > 0) return [[text.slice(0, colon).trim(), text.slice(colon + 1).trim()]];
  problems.push(cliProblem('cli-header-invalid', { text }));
  return [];
}

/** A credentials mode; `omit`, and a problem, if it isn't one. */
export function parseCredentials(text: string, problems: Diagnostic[]): CredentialsMode {
  if (text === 'omit' || text === 'same-origin' || text === 'include') return text;
  problems.push(cliProblem('cli-credentials-invalid', { text }));
  return 'omit';
}

/** The origin under which pages know the gateway. */
function gatewayOrigin(host: string | undefined, model: Model, page: string): string | undefined {
  const [listener] = model.listeners;
  if (host === undefined) return listener === undefined ? 'http://localhost' : listenerOrigin(listener);
  // A host alone says nothing of TLS, which another server may end: a page over https asks over https.
  return originOf(host) ?? originOf(`${page.startsWith('https:') ? 'https' : 'http'}://${host}`);
}

function listenerOrigin({ host, port, tls }: ListenerModel): string {
  const scheme = tls === undefined ? 'http' : 'https';
  const local = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host);
  const name = local ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return originOf(`${scheme}://${name}:${port}`) ?? `${scheme}://${name}`;
}
