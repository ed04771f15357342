import { lastAsked } from '../around/ask-around.ts';
import { actualRequest, harmless, preflightRequest } from '../journey/browser-request.ts';
import { judgePreflight } from '../journey/verdicts.ts';
import type { Journey } from '../journey/types.ts';
import type { ProbeClient } from '../probe/client.ts';
import type { Probe } from '../probe/types.ts';
import { pageRequest, type Question } from '../question.ts';

/** One layer on the way, asked alone. */
export interface Layer {
  /** Where it was asked: `http://app:3000`. */
  readonly name: string;
  readonly preflight: Probe;
  /** Whether a browser would take the preflight's answer. */
  readonly preflightPasses: boolean;
  readonly request: Probe;
  readonly withoutOrigin: Probe;
}

/** Asks each layer the same, from the outermost, which is the URL itself, inwards. @param via origins, with or without a path */
export function askLayers(
  question: Question,
  journey: Journey,
  asking: { readonly via: readonly string[]; readonly client: ProbeClient },
): Promise<Layer[]> {
  const outer = new URL(question.url).origin;
  const names = [outer, ...asking.via.map((text) => text.replace(/\/+$/, '')).filter((name) => name !== outer)];
  const need = lastAsked(journey)?.need ?? journey.hops[0]?.need;
  if (need === undefined) return Promise.resolve([]);
  return Promise.all(names.map((name) => askLayer(question, { name, need, client: asking.client })));
}

async function askLayer(
  question: Question,
  { name, need, client }: { name: string; need: Journey['hops'][number]['need']; client: ProbeClient },
): Promise<Layer> {
  const { pathname, search } = new URL(question.url);
  const url = `${name}${pathname}${search}`;
  const { origin } = question;
  // Each layer is asked as if the page asked it.
  const own = { ...question, url };
  const method = harmless(need.requestMethod);
  const [preflight, request, withoutOrigin] = await Promise.all([
    client.ask(preflightRequest(url, origin, need)),
    client.ask(actualRequest(own, { url, method, origin })),
    client.ask(actualRequest(own, { url, method, origin: undefined })),
  ]);
  const page = pageRequest(question, { url: question.url, method: question.method });
  const preflightPasses =
    preflight.response !== undefined && judgePreflight(preflight.response, page, origin).chromium.passed;
  return { name, preflight, preflightPasses, request, withoutOrigin };
}
