import { parse } from 'tldts';
import type { Probe } from '../probe/types.ts';
import { fieldsOf } from '../probe/response-parser.ts';
import { isLoopbackHost } from '../../protocol/origin.ts';
import { finding, type Examination, type Finding } from './finding.ts';

/** Whether two URLs are of one site (HTML, "schemelessly same site", with the scheme): ports don't count. */
export function isSameSite(a: string, b: string): boolean {
  if (!URL.canParse(a) || !URL.canParse(b)) return false;
  const [one, two] = [new URL(a), new URL(b)];
  if (one.protocol !== two.protocol) return false;
  return one.hostname === two.hostname || siteOf(one.hostname) === siteOf(two.hostname);
}

function siteOf(host: string): string {
  return parse(host, { allowPrivateDomains: true, validateHostname: false }).domain ?? host;
}

/** Cookies that the answers set, and that a browser wouldn't keep, or not send again, for this page. */
export function cookieFindings({ question, journey, around }: Examination): Finding[] {
  const hop = journey.hops.findLast(({ request }) => request?.probe.response !== undefined);
  if (hop === undefined || !hop.crossOrigin) return [];
  const probes = [hop.request?.probe, around?.again].filter((probe): probe is Probe => probe !== undefined);
  const probe = probes.find(({ response }) => fieldsOf(response?.headers ?? [], 'set-cookie').length > 0);
  if (probe === undefined) return [];
  const crossSite = !isSameSite(question.origin, hop.url);
  const names = new Map<string, string[]>();
  for (const line of fieldsOf(probe.response?.headers ?? [], 'set-cookie')) {
    const reason = question.credentials === 'include' ? cookieFault(line, crossSite, hop.url) : 'not-included';
    const name = line.slice(0, Math.max(0, line.indexOf('=')));
    if (reason !== undefined) names.set(reason, [...(names.get(reason) ?? []), name]);
  }
  // What one change mends is one finding.
  return [...names].map(([reason, same]) =>
    finding('doctor-cookie', {
      severity: 'warning',
      data: { names: same, reason },
      probes: [probe],
      // Reports show names and attributes only.
      show: ['access-control-*', 'set-cookie'],
    }),
  );
}

/** RFC 6265bis, 5.7: why a cookie isn't stored, or not sent along with a request from another site. */
function cookieFault(line: string, crossSite: boolean, url: string): 'same-site' | 'secure' | undefined {
  const attributes = line
    .split(';')
    .slice(1)
    .map((part) =>
      part
        .trim()
        .toLowerCase()
        .split(/\s*=\s*/, 2),
    );
  const sameSite = attributes.find(([name]) => name === 'samesite')?.[1] ?? 'lax';
  const secure = attributes.some(([name]) => name === 'secure');
  if (sameSite === 'none' && !secure) return 'secure';
  if (secure && url.startsWith('http:') && !isLoopbackHost(new URL(url).hostname)) return 'secure';
  return crossSite && sameSite !== 'none' ? 'same-site' : undefined;
}
