import type { DiagnosticData } from '../diagnostic.ts';
import type { CatalogueEntry } from './entry.ts';

/** What a browser does, step by step: the letters of docs/explain.md. */
export const BROWSER_STEPS = {
  A: 'the page builds the request',
  B: "before CORS: the page's own policies, schemes, ports",
  C: 'is a preflight needed?',
  D: 'the preflight cache',
  E: 'the preflight is sent',
  F: 'the answer to the preflight is checked',
  G: 'the answer is checked: the CORS check',
  H: 'methods and headers are checked',
  I: 'redirects',
  J: 'the answer is handed to the page',
  K: 'service workers',
  L: 'the HTTP cache',
  M: 'the local network',
  N: 'mixed content',
  O: 'cookies',
} as const;

/** A letter of `BROWSER_STEPS`. */
export type BrowserStep = keyof typeof BROWSER_STEPS;

/**
 * `cors`: the browser's CORS checks said no. `look-alike`: it reads like CORS and is something else. `follow-up`: it goes
 * along with a message that names the cause. `warning`: nothing is blocked yet.
 */
export type ConsoleKind = 'cors' | 'look-alike' | 'follow-up' | 'warning';

/** What the catalogue knows of something that a browser's console says. */
export interface ConsoleEntry extends CatalogueEntry {
  readonly kind: ConsoleKind;
  /** Absent: none of the steps, but the network, or all of them. */
  readonly step?: BrowserStep;
  /** Whether asking the server again from outside can show more. */
  readonly probe: boolean;
  /** The likely causes, likeliest first. */
  readonly causes: (data: DiagnosticData) => readonly string[];
}

/** Causes without those that don't apply. */
export function likely(...causes: readonly (string | false | undefined)[]): readonly string[] {
  return causes.filter((cause): cause is string => typeof cause === 'string');
}

/** The page's origin, or words for it. */
export function pageOrigin({ origin }: DiagnosticData): string {
  return origin === undefined || origin === '' ? "the page's origin" : `\`${String(origin)}\``;
}

/** The header line that lets the page's origin in. */
export function allowOriginLine({ origin }: DiagnosticData): string {
  return `\`Access-Control-Allow-Origin: ${origin === undefined || origin === '' ? 'ORIGIN' : String(origin)}\``;
}
