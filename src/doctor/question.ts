import { isCrossOrigin, type CredentialsMode, type PageRequest, type RequestMode } from '../cors/index.ts';
import type { HeaderLine } from './probe/types.ts';

/** What a page wants to ask, and whether a browser lets it. */
export interface Question {
  /** Absolute, `http:` or `https:`. */
  readonly url: string;
  /** The page's origin as serialised, or `null`. */
  readonly origin: string;
  /** As the page writes it. */
  readonly method: string;
  /** Headers that the page sets. */
  readonly headers: readonly HeaderLine[];
  /** What the browser's cookie jar holds for the URL; sent only with `include`, or to the page's own origin. */
  readonly cookie?: string;
  readonly credentials: CredentialsMode;
  readonly mode: RequestMode;
  readonly body?: string;
  /** Whether the real method and body may be sent. Otherwise a GET takes the place of what could change something. */
  readonly send: boolean;
}

/** The question as the browser model takes it. */
export function pageRequest(question: Question, hop: { readonly url: string; readonly method: string }): PageRequest {
  const { origin, headers, credentials, mode, body } = question;
  return {
    pageOrigin: origin,
    url: hop.url,
    method: hop.method,
    headers,
    credentials,
    mode,
    // A text body brings this type along (Fetch, "extract a body").
    ...(body === undefined || hop.method === 'GET' || hop.method === 'HEAD'
      ? {}
      : { body: { type: 'text/plain;charset=UTF-8' } }),
  };
}

/** Whether the whole question is about another origin than the page's. */
export function leavesOrigin(question: Question): boolean {
  return isCrossOrigin({ pageOrigin: question.origin, url: question.url });
}
