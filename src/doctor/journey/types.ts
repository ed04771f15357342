import type { EngineName, FailedStep, PreflightNeed, RequestFault, Verdict } from '../../cors/index.ts';
import type { Probe, ProbeFailure, ProbeResponse } from '../probe/types.ts';

/** The engines whose verdicts are told: the browsers', by name. */
export const BROWSERS = ['chromium', 'firefox', 'webkit'] as const satisfies readonly EngineName[];

/** A browser that verdicts are told of. */
export type BrowserName = (typeof BROWSERS)[number];

/** A request on the browser's way, and what each browser makes of the answer. */
export interface Step {
  readonly kind: 'preflight' | 'request';
  /** The value of the `Origin` that was sent; undefined if none was. */
  readonly origin: string | undefined;
  readonly probe: Probe;
  /** Of a cross-origin answer. */
  readonly verdicts: Readonly<Record<BrowserName, Verdict>> | undefined;
  /** Set if a GET was sent in the place of this method. */
  readonly instead?: string;
}

/** One URL on the way: the first, and each that a redirect leads to. */
export interface Hop {
  readonly url: string;
  readonly method: string;
  readonly crossOrigin: boolean;
  readonly need: PreflightNeed;
  readonly preflight?: Step;
  readonly request?: Step;
}

/** Where the browser stops. */
export type Stop =
  | { readonly kind: 'fault'; readonly fault: RequestFault }
  | { readonly kind: 'mode' }
  | { readonly kind: 'mixed-content' }
  | { readonly kind: 'network'; readonly at: Step; readonly failure: ProbeFailure }
  | { readonly kind: 'cors'; readonly at: Step; readonly step: FailedStep; readonly value: string }
  | { readonly kind: 'redirect'; readonly reason: 'too-many' | 'scheme' | 'userinfo'; readonly location: string };

/** The whole way of one request of a page. */
export interface Journey {
  readonly hops: readonly Hop[];
  /** `undecided`: what could change something wasn't sent, and the answer to a harmless request in its place says too little. */
  readonly outcome: 'readable' | 'opaque' | 'blocked' | 'undecided';
  readonly stop: Stop | undefined;
  /** What the page gets. */
  readonly final: ProbeResponse | undefined;
  /** Header names that the page can read, of Chromium. */
  readonly readable: readonly string[];
}
