import {
  consoleCatalogue,
  type BrowserStep,
  type ConsoleCode,
  type ConsoleEntry,
  type ConsoleKind,
} from '../diagnostics/catalogue/console.ts';
import { proseOf, type DiagnosticData } from '../diagnostics/index.ts';
import { addressBefore, addressesIn, originOf, type Address } from './addresses.ts';
import { differenceOf } from './difference.ts';
import { nextCommand, type NextCommand } from './next-command.ts';
import type { ConsoleEngine } from './pattern.ts';
import { scan, type Message } from './scan.ts';
import { squeeze, type Squeezed } from './squeeze.ts';
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
  const findings = withFollowUps(absorb(group(messages.map((message) => enrich(message, squeezed, addresses))))).map(
    toFinding,
  );
  const unknown = unknownIn(squeezed, messages);
  const isWhole = findings.some(({ code }) => code !== 'reason-missing');
  return {
    understood: isWhole || (findings.length > 0 && unknown.length === 0),
    findings: [...findings.filter(isMain), ...findings.filter((finding) => !isMain(finding))],
    unknown,
    urls: addresses.map(({ url }) => url),
    origins: [...new Set(addresses.map(({ url }) => originOf(url)).filter((origin) => origin !== undefined))],
  };
}

const isMain = ({ kind }: ConsoleFinding): boolean => kind !== 'follow-up';

interface Grouped {
  readonly message: Message;
  readonly urls: Set<string>;
  count: number;
}

/** A message with what the text around it tells. */
function enrich(message: Message, { raw, at }: Squeezed, addresses: readonly Address[]): Message {
  const fields: Record<string, string> = { ...message.fields };
  if (fields['error'] !== undefined) Object.assign(fields, addressBefore(raw, at[message.start] ?? 0));
  const { url, origin, page } = fields;
  if (origin === undefined && page !== undefined) fields['origin'] = originOf(page) ?? page;
  if (url !== undefined) {
    fields['method'] ??= addresses.find((address) => address.url === url && address.method !== undefined)?.method ?? '';
    if (fields['method'] === '') delete fields['method'];
    fields['origin'] ??= onlyOtherOrigin(url, fields['value'] ?? '', addresses) ?? '';
    if (fields['origin'] === '') delete fields['origin'];
  }
  return { ...message, fields, code: refined(message) };
}

/** A wording may stand for more than one code: its value decides. */
function refined({ code, fields: { value } }: Message): ConsoleCode {
  if (code === 'allow-origin-mismatch' && value?.includes(',') === true) return 'allow-origin-several';
  if (code === 'allow-credentials-not-true' && value === '') return 'allow-credentials-missing';
  return code;
}

/** What Firefox links to. */
const MANUAL = 'https://developer.mozilla.org';

/** Firefox doesn't name the page: it is the only other origin that the text has, if there's only one. */
function onlyOtherOrigin(asked: string, value: string, addresses: readonly Address[]): string | undefined {
  const known = new Set([originOf(asked), MANUAL]);
  const others = addresses
    .filter(({ url }) => !value.includes(url))
    .map(({ url }) => originOf(url))
    .filter((origin) => origin !== undefined && !known.has(origin));
  const [first] = others;
  return new Set(others).size === 1 ? first : undefined;
}

/** The same said of several URLs, or again and again, is one finding. */
function group(messages: readonly Message[]): Grouped[] {
  const groups = new Map<string, Grouped>();
  for (const message of messages) {
    const { url, firstUrl: _first, method: _method, ...rest } = message.fields;
    const key = JSON.stringify([message.code, message.engine, message.preflight, rest]);
    const known = groups.get(key) ?? { message, urls: new Set<string>(), count: 0 };
    groups.set(key, known);
    known.count += 1;
    if (url !== undefined) known.urls.add(url);
  }
  return [...groups.values()];
}

/** A message that names nothing, as in the Network tab, says the same as one that does. */
function absorb(groups: readonly Grouped[]): Grouped[] {
  return groups.filter(({ message, urls, count }) => {
    const isBare = Object.keys(message.fields).length === 0 && urls.size === 0;
    const fuller = isBare && groups.find((other) => other.message.code === message.code && other.urls.size > 0);
    if (!fuller) return true;
    fuller.count += count;
    return false;
  });
}

/** Beside a message that names a cause, a request without an answer is what comes of it. */
function withFollowUps(groups: readonly Grouped[]): { group: Grouped; follows: boolean }[] {
  const causes = groups.filter(
    ({ message }) => message.code !== 'no-response' && consoleCatalogue[message.code].kind === 'cors',
  );
  return groups.map((group) => {
    const follows =
      group.message.code === 'no-response' &&
      causes.some(
        ({ urls }) => urls.size === 0 || group.urls.size === 0 || [...group.urls].every((url) => urls.has(url)),
      );
    return { group, follows };
  });
}

function toFinding({ group: { message, urls, count }, follows }: { group: Grouped; follows: boolean }): ConsoleFinding {
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
