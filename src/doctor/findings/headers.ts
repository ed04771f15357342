import { checkResponse, ENGINES } from '../../cors/index.ts';
import { splitList } from '../../protocol/field-list.ts';
import { fieldsOf } from '../probe/response-parser.ts';
import type { Probe, ProbeResponse } from '../probe/types.ts';
import type { Question } from '../question.ts';

/** Whether a browser would hand this answer to a page of that origin. */
export function passes(probe: Probe | undefined, origin: string, question: Pick<Question, 'credentials'>): boolean {
  if (probe?.response === undefined) return false;
  return checkResponse(probe.response, { origin, credentials: question.credentials }, ENGINES.chromium).passed;
}

/** The values of `Access-Control-Allow-Origin` as a browser joins them; undefined if there is none. */
export function allowOrigin(probe: Probe | undefined): string | undefined {
  const lines = fieldsOf(probe?.response?.headers ?? [], 'access-control-allow-origin');
  return lines.length === 0 ? undefined : lines.join(', ');
}

/** Whether an answer says that it depends on the origin. */
export function variesByOrigin(probe: Probe | undefined): boolean {
  const items = fieldsOf(probe?.response?.headers ?? [], 'vary').flatMap((line) => splitList(line));
  return items.some((item) => item === '*' || item.toLowerCase() === 'origin');
}

/** Whether any CORS header is there. */
export function speaksCors(probe: Probe | undefined): boolean {
  return (probe?.response?.headers ?? []).some(([name]) => /^access-control-/i.test(name));
}

/** The line that shows an answer came from a cache: an Age above 0, or a cache's own word for a hit. */
export function cacheSign(response: ProbeResponse | undefined): string | undefined {
  const lines = response?.headers ?? [];
  const found = lines.find(([name, value]) => {
    const key = name.toLowerCase();
    if (key === 'age') return Number(value) > 0;
    return (
      /^(?:x-cache|cf-cache-status|x-cache-status|x-proxy-cache|x-vercel-cache|cache-status|x-drupal-cache)$/.test(
        key,
      ) && /\bhit\b/i.test(value)
    );
  });
  return found && `${found[0]}: ${found[1]}`;
}

/** A header's name as people write it. */
export function titled(name: string): string {
  return name.replace(/(?:^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

/** Whoever names a header of CORS, or lets answers depend on Origin, has a policy. */
export function holdsPolicy(probe: Probe): boolean {
  return speaksCors(probe) || variesByOrigin(probe);
}
