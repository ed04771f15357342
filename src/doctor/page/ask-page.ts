import { fieldsOf } from '../probe/response-parser.ts';
import { redirectTarget } from '../journey/redirect.ts';
import type { ProbeClient } from '../probe/client.ts';
import type { Probe } from '../probe/types.ts';
import { cspRefusal, type CspRefusal } from './csp.ts';

/** What a page's own policy says to a request. */
export interface PageView {
  readonly probe: Probe;
  readonly refusal: CspRefusal | undefined;
}

/** A page may stand behind a redirect or two. */
const MOST_HOPS = 5;

/** Loads a page as a visitor without cookies would, and holds its Content-Security-Policy against a URL. */
export async function askPage(page: string, url: string, client: ProbeClient): Promise<PageView> {
  let at = page;
  let probe = await client.ask(navigation(at));
  for (let hop = 0; hop < MOST_HOPS; hop++) {
    const target = probe.response && redirectTarget(probe.response, at);
    if (target === undefined || !URL.canParse(target) || !/^https?:/.test(target)) break;
    at = target;
    probe = await client.ask(navigation(at));
  }
  const { headers = [], body = '' } = probe.response ?? {};
  const policies = [...fieldsOf(headers, 'content-security-policy'), ...metaPolicies(body)];
  return { probe, refusal: cspRefusal(policies, url, at) };
}

function navigation(url: string): { url: string; method: string; headers: (readonly [string, string])[] } {
  const accept = ['Accept', 'text/html,application/xhtml+xml,*/*;q=0.8'] as const;
  return { url, method: 'GET', headers: [['User-Agent', 'Mozilla/5.0 (compatible; oneorigin doctor)'], accept] };
}

/** HTML, "Content security policy state" of `http-equiv`. Only what stands in the page's beginning is seen. */
function metaPolicies(body: string): string[] {
  const tags = [...body.matchAll(/<meta\s[^>]*>/gi)].map(([tag]) => tag);
  return tags
    .filter((tag) => /http-equiv\s*=\s*["']?content-security-policy["'\s>]/i.test(tag))
    .flatMap(
      (tag) =>
        /\scontent\s*=\s*(?:"([^"]*)"|'([^']*)')/i
          .exec(tag)
          ?.slice(1)
          .find((text) => text !== undefined) ?? [],
    );
}
