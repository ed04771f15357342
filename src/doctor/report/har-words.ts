import type { HarReport, HarRequest } from './har-types.ts';

/** How the credentials mode is known, in words. */
export const CREDENTIALS_FROM: Readonly<Record<HarRequest['credentials'], string>> = {
  recorded: ' (cookies were sent)',
  given: ' (as told)',
  inferred: ' (inferred: the browser refused it)',
  assumed: ' (assumed)',
};

/** What else was counted, in words; what there is none of is left out. */
export const COUNTED = {
  sameOrigin: "to the page's own origin",
  withoutCors: 'without CORS (documents, images, scripts)',
  cancelled: 'cancelled',
  unknownPage: 'of an unknown page (--origin names it)',
  skipped: 'not of HTTP',
} as const satisfies Partial<Record<keyof HarReport['counts'], string>>;

/** What the recording holds, in one sentence. */
export function listed({ counts, recorder }: HarReport, words: typeof COUNTED): string {
  const keys = Object.keys(words) as (keyof typeof COUNTED)[];
  const parts = keys.filter((key) => counts[key] > 0).map((key) => `${counts[key]} ${words[key]}`);
  const by = recorder === '' ? '' : `, recorded by ${recorder}`;
  const beside = parts.length === 0 ? '' : `; beside those to other origins ${parts.join(', ')}`;
  return `${counts.entries} ${counts.entries === 1 ? 'entry' : 'entries'}${by}${beside}`;
}
