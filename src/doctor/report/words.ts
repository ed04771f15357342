import type { Diagnosis } from '../examine.ts';
import { leavesOrigin } from '../question.ts';

/** The diagnosis in one sentence. */
export function summarise({ outcome, journey, question, page }: Diagnosis): string {
  const { stop } = journey;
  if (page?.refusal !== undefined)
    return "The browser stops before anything is sent: the page's own policy forbids it.";
  if (outcome === 'unreachable') return 'Nobody answers, so there is nothing to say about CORS.';
  if (outcome === 'opaque') return 'The request is sent, and the page can read nothing of the answer.';
  if (outcome === 'undecided')
    return 'Nothing blocks so far; the real request was not sent, so its answer is not known.';
  if (outcome === 'readable') {
    return leavesOrigin(question) ? 'The page may read the answer.' : 'The page asks its own origin: no CORS.';
  }
  if (stop?.kind === 'cors') {
    return stop.at.kind === 'preflight'
      ? 'The browser stops at the preflight; the request itself is never sent.'
      : 'The request is sent, and the browser keeps the answer from the page.';
  }
  return 'The browser stops before CORS is looked at.';
}
