import type { HeaderLines } from '../../../src/cors/index.ts';

/** An engine whose verdicts are recorded. */
export type RecordedEngine = 'chromium' | 'firefox' | 'webkit';

export const RECORDED_ENGINES: readonly RecordedEngine[] = ['chromium', 'firefox', 'webkit'];

/** What a server answers in a case. Strings are bytes: one character each. */
export interface CaseResponse {
  readonly status: number;
  readonly headers: HeaderLines;
  readonly fault?: 'close' | 'reset' | 'garbage' | 'truncated';
}

/** What a page asks for in a case: the arguments of `fetch()`. */
export interface CaseRequest {
  readonly method: string;
  readonly headers: HeaderLines;
  readonly credentials: string;
  readonly mode: string;
  readonly redirect?: string;
  readonly cache?: string;
  readonly referrerPolicy?: string;
  readonly body?: { readonly kind: string; readonly text: string; readonly type?: string };
}

/** A URL passed through on the way to the target. */
export interface CaseHop {
  readonly url: string;
  readonly preflight: CaseResponse | null;
  readonly response: CaseResponse;
}

/** A later request of a case; what isn't given is as before. */
export interface CaseThen {
  readonly afterMs: number;
  readonly request?: CaseRequest;
  readonly preflight?: CaseResponse | null;
  readonly response?: CaseResponse;
}

/** A request that arrived. */
export interface ArrivedRequest {
  readonly at: string;
  readonly preflight?: ArrivedPreflight;
  readonly method?: string;
  readonly origin?: string | null;
  readonly cookie?: boolean;
  readonly times?: number;
}

/** A preflight that arrived: the values of its three header lines. */
export interface ArrivedPreflight {
  readonly origin: string;
  readonly method: string;
  readonly headers?: string;
}

/** What was seen of a case in an engine. */
export interface Observation {
  readonly preflighted: boolean;
  readonly preflightHeaders?: ArrivedPreflight;
  readonly actualSent: boolean;
  readonly actual?: { readonly method: string; readonly origin: string | null; readonly cookie?: boolean };
  readonly requests?: readonly ArrivedRequest[];
  readonly outcome: 'readable' | 'opaque' | 'error';
  readonly type?: string;
  readonly status?: number;
  readonly redirected?: boolean;
  readonly readableHeaders?: readonly string[];
  readonly bodyReadable?: boolean;
  readonly threw?: boolean;
  readonly console?: readonly string[];
  readonly then?: readonly Observation[];
}

/** One situation and what browsers did: a line of a `.jsonl` file. */
export interface VerdictCase {
  readonly id: string;
  readonly group: string;
  readonly note?: string;
  readonly page: { readonly origin: string; readonly frame?: 'sandbox' | 'data'; readonly headers?: HeaderLines };
  readonly request: CaseRequest;
  readonly redirects?: readonly CaseHop[];
  readonly target: { readonly origin: string };
  readonly preflight: CaseResponse | null;
  readonly response: CaseResponse;
  readonly then?: readonly CaseThen[];
  readonly observed: Readonly<Partial<Record<RecordedEngine, Observation>>>;
}
