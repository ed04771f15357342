import type { KnownCredentials } from '../har/credentials.ts';
import type { PreflightState } from '../har/walk.ts';
import type { Report } from './types.ts';

/** A request of a recording, or several that are alike. */
export interface HarRequest {
  /** Where they stand in the recording's `log.entries`, from 0. */
  readonly entries: readonly number[];
  /** How the credentials mode is known. */
  readonly credentials: KnownCredentials['from'];
  readonly preflight: PreflightState;
  /** As of a live examination; without checks and mend. */
  readonly report: Report;
}

/** What the doctor says of a recording, as plain data. `doctor-report.schema.json` describes it. */
export interface HarReport {
  readonly version: 1;
  readonly kind: 'har';
  readonly file: string;
  /** What recorded it; empty if it doesn't say. */
  readonly recorder: string;
  readonly outcome: 'readable' | 'blocked' | 'undecided';
  readonly summary: string;
  /** Of requests. */
  readonly counts: {
    readonly entries: number;
    /** Not HTTP, or not to be understood. */
    readonly skipped: number;
    readonly sameOrigin: number;
    /** Images, scripts, documents. */
    readonly withoutCors: number;
    /** To whom nobody knows the page. */
    readonly unknownPage: number;
    readonly cancelled: number;
    readonly blocked: number;
    readonly undecided: number;
    readonly opaque: number;
    readonly readable: number;
  };
  /** Those that fail first. */
  readonly requests: readonly HarRequest[];
}
