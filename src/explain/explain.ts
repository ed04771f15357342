import {
  consoleCatalogue,
  type BrowserStep,
  type ConsoleCode,
  type ConsoleEntry,
  type ConsoleKind,
} from '../diagnostics/catalogue/console.ts';
import { proseOf, type DiagnosticData } from '../diagnostics/index.ts';
import { addressesIn } from './addresses.ts';
import { collect, type Statement } from './collect.ts';
import { differenceOf } from './difference.ts';
import { nextCommand, type NextCommand } from './next-command.ts';
import type { ConsoleEngine } from './pattern.ts';
import { scan } from './scan.ts';
import { squeeze } from './squeeze.ts';
import { unknownIn, type UnknownText } from './unknown.ts';

/** One thing that a console says, with what it means. */
export interface ConsoleFinding {
  readonly code: ConsoleCode;
  readonly kind: ConsoleKind;
  /** Whose wording it is. */
  readonly engine: ConsoleEngine;
  /** `old`: engines of today word it otherwise. */
  readonly era: 'old' | undefined;
  /** The step of a browser that failed, a letter of `BROWSER_STEPS`; absent where it's none of them. */
  readonly step: BrowserStep | undefined;
  /** Whether it is about a preflight. */
  readonly preflight: boolean;
  /** One sentence: what it means. */
  readonly message: string;
  /** The likely causes, likeliest first. */
  readonly causes: readonly string[];
  /** What to do. */
  readonly mend: string;
  /** What was found in the message: `url`, `firstUrl`, `origin`, `method`, `header`, `value`, `status`, … */
  readonly data: DiagnosticData;
  /** Every URL that the same was said of. */
  readonly urls: readonly string[];
  /** How often the text has it. */
  readonly count: number;
  readonly next: NextCommand | undefined;
}

/** What a text of a console means. */
export interface ConsoleExplanation {
  /** Whether anything was understood. */
  readonly understood: boolean;
  /** What is wrong first, then what merely goes along with it. */
  readonly findings: readonly ConsoleFinding[];
  /** What reads like a message about CORS and isn't known. */
  readonly unknown: readonly UnknownText[];
  /** Every URL in the text. */
  readonly urls: readonly string[];
  /** Their origins. */
  readonly origins: readonly string[];
}

/** Explains the text of a browser's console, with all the noise around it. Linear in its length. */
export function explainConsole(text: string): ConsoleExplanation {
  const squeezed = squeeze(text);
  const messages = scan(squeezed);
  const addresses = addressesIn(text);
  const findings = collect(messages, squeezed, addresses).map(toFinding);
  const unknown = unknownIn(squeezed, messages);
  const isWhole = findings.some(({ code }) => code !== 'reason-missing');
  return {
    understood: isWhole || (findings.length > 0 && unknown.length === 0),
    findings: [...findings.filter(isMain), ...findings.filter((finding) => !isMain(finding))],
    unknown,
    urls: addresses.map(({ url }) => url),
    origins: [...new Set(addresses.map(({ origin }) => origin).filter((origin) => origin !== undefined))],
  };
}

const isMain = ({ kind }: ConsoleFinding): boolean => kind !== 'follow-up';

function toFinding({ message, urls, count, follows }: Statement): ConsoleFinding {
  const { engine, era, preflight, fields } = message;
  const code = follows ? 'blocked-follow-up' : message.code;
  const { kind, step, causes }: ConsoleEntry = consoleCatalogue[code];
  const data: Record<string, string | boolean> = { ...fields };
  if (preflight) data['preflight'] = true;
  const difference =
    code === 'allow-origin-mismatch' && fields['value'] !== undefined
      ? differenceOf(fields['value'], fields['origin'])
      : undefined;
  if (difference !== undefined) data['difference'] = difference;
  return {
    code,
    kind,
    engine,
    era,
    step: preflight && step === 'G' ? 'F' : step,
    preflight,
    ...proseOf({ code, severity: 'error', data }),
    causes: causes(data),
    data,
    urls: [...urls],
    count,
    next: nextCommand({ ...fields, code, preflight }),
  };
}
