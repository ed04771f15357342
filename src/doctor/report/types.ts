import type { Check } from '../checks.ts';
import type { BrowserName } from '../journey/types.ts';
import type { Fix } from '../stacks/index.ts';
import type { StackName } from '../stacks/names.ts';

/** One request that was sent on the browser's way. */
export interface ReportedStep {
  readonly kind: 'preflight' | 'request';
  readonly method: string;
  readonly url: string;
  /** The value of `Origin`, if one was sent. */
  readonly origin?: string;
  /** The method in whose place this harmless one was sent. */
  readonly insteadOf?: string;
  readonly address?: string;
  readonly status?: number;
  readonly statusLine?: string;
  /** Lines as they came. */
  readonly headers?: readonly string[];
  readonly failure?: { readonly kind: string; readonly detail: string };
  /** `passed`, or the step that fails; absent if no browser checks this answer. */
  readonly verdicts?: Readonly<Record<BrowserName, string>>;
  /** Until the answer's head was there. */
  readonly milliseconds: number;
  readonly curl: string;
}

/** One finding, with its prose. */
export interface ReportedFinding {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly mend: string;
  /** Where in which standard. */
  readonly step: string;
  readonly layer: string;
  /** The command that explains the code at length. */
  readonly help: string;
  readonly evidence: readonly string[];
  /** Whether the report's `fix` mends it. */
  readonly mendedByPolicy: boolean;
  readonly data: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** One of the audit's 17 rows. */
export interface ReportedAuditRow {
  readonly row: number;
  readonly code: string;
  readonly state: 'hit' | 'clear' | 'covered' | 'not-asked';
  readonly hits: readonly {
    readonly origin: string;
    readonly credentials: boolean;
    /** Browsers in which a page could have this origin. */
    readonly browsers: 'all' | 'Safari' | 'none';
  }[];
}

/** One layer's answers. */
export interface ReportedLayer {
  readonly name: string;
  /** Status lines, or what kept them from coming. */
  readonly preflight: string;
  readonly request: string;
  /** The CORS lines and `Vary` of its answer to the request. */
  readonly headers: readonly string[];
  /** What it gives itself away as. */
  readonly standing: readonly string[];
}

/** What the doctor says, as plain data. `doctor-report.schema.json` describes it. */
export interface Report {
  readonly version: 1;
  readonly request: {
    readonly url: string;
    readonly origin: string;
    readonly method: string;
    readonly credentials: 'omit' | 'same-origin' | 'include';
    readonly mode: 'cors' | 'no-cors' | 'same-origin';
  };
  readonly outcome: 'readable' | 'opaque' | 'blocked' | 'undecided' | 'unreachable';
  readonly summary: string;
  readonly preflight: { readonly needed: boolean; readonly why: readonly string[] };
  readonly steps: readonly ReportedStep[];
  /** Header names that the page can read. */
  readonly readable: readonly string[];
  /** The first is the one to mend. */
  readonly findings: readonly ReportedFinding[];
  readonly checks: readonly Check[];
  /** What stands there, as far as it gives itself away. */
  readonly standing: readonly { readonly product: string; readonly stack?: StackName; readonly evidence: string }[];
  readonly fix?: Fix;
  /** Each layer that was named, from the outermost inwards, asked alone. */
  readonly layers?: readonly ReportedLayer[];
  /** The 17 rows, if an audit was asked for. */
  readonly audit?: readonly ReportedAuditRow[];
  readonly milliseconds: number;
}
