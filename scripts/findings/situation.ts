import {
  ENGINES,
  simulateRequest,
  type NetworkFault,
  type PageRequest,
  type PrintingEngine,
  type ReceivedResponse,
  type Simulation,
} from '../../src/cors/index.ts';
import type { ConsoleCode } from '../../src/diagnostics/catalogue/console.ts';
import type { DiagnosticData } from '../../src/diagnostics/index.ts';

/** The page that asks in all examples, and what it asks for. */
export const PAGE = 'https://app.example.com';
export const API = 'https://api.example.com';
export const URL_ASKED = `${API}/users`;

/** The header line that lets the page in. */
export const ALLOWED = `Access-Control-Allow-Origin: ${PAGE}`;

/** An example of a finding: a request, what is answered, and why that happens. */
export interface Situation {
  /** Why it comes about, in Markdown. */
  readonly why: string;
  /** What the finding's sentences are made of. Default: nothing. */
  readonly data?: DiagnosticData;
  /** The page's request. Default: a GET of `URL_ASKED`. */
  readonly request?: Partial<PageRequest>;
  /** To the preflight: status, reason and header lines; or `fault: NAME`. Default: what `response` is. */
  readonly preflight?: string;
  /** To the request, by hop. Absent: nothing is asked that could show it. */
  readonly response?: string | readonly string[];
  /** What the evidence is, where it isn't the exchange. */
  readonly evidence?: readonly string[];
  /** What consoles say, where the browser model doesn't tell. */
  readonly console?: readonly ConsoleCode[];
}

/** Examples by code. */
export type Situations<Code extends string> = Readonly<Record<Code, Situation>>;

/** What an engine's console says. */
export interface Said {
  readonly engine: PrintingEngine;
  readonly code: ConsoleCode;
  readonly text: string;
}

/** The engines by the names that people know. */
export const BROWSERS: Readonly<Record<PrintingEngine, string>> = {
  chromium: 'Chrome, Edge',
  firefox: 'Firefox',
  webkit: 'Safari',
};

const NAMES = Object.keys(BROWSERS) as PrintingEngine[];

/** What each browser prints in a situation; undefined if it isn't one that the model can play. */
export function saidIn(situation: Situation): readonly Said[] | undefined {
  if (situation.response === undefined) return undefined;
  return NAMES.flatMap((engine) =>
    playIn(situation, engine).console.map(({ code, text }) => ({ engine, code, text: text.trim() })),
  );
}

/** Plays a situation in an engine. */
export function playIn(situation: Situation, engine: PrintingEngine): Simulation {
  const urls: string[] = [];
  const hopOf = (url: string): number => {
    if (!urls.includes(url)) urls.push(url);
    return urls.indexOf(url);
  };
  const { preflight } = situation;
  return simulateRequest(
    requestOf(situation),
    {
      preflight: (_, { url }) => answerOf(preflight ?? responseAt(situation, hopOf(url))),
      response: ({ url }) => answerOf(responseAt(situation, hopOf(url))),
    },
    ENGINES[engine],
  );
}

function requestOf({ request = {} }: Situation): PageRequest {
  return { pageOrigin: PAGE, url: URL_ASKED, ...request };
}

function responseAt({ response = [] }: Situation, hop: number): string {
  const responses = typeof response === 'string' ? [response] : response;
  return responses[Math.min(hop, responses.length - 1)] ?? '';
}

function answerOf(text: string): ReceivedResponse {
  const fault = /^fault: (\w+)$/.exec(text)?.[1];
  if (fault !== undefined) return { status: 0, headers: [], fault: fault as NetworkFault };
  const [first = '', ...lines] = text.split('\n');
  const [status = '', ...reason] = first.split(' ');
  return {
    status: Number(status),
    reason: reason.join(' '),
    headers: lines.map((line): [string, string] => [
      line.slice(0, line.indexOf(':')),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  };
}

/** What is asked and answered in a situation, as the doctor shows it. */
export function evidenceOf(situation: Situation): readonly string[] {
  if (situation.evidence !== undefined) return situation.evidence;
  if (situation.response === undefined) return [];
  const { sent } = playIn(situation, 'chromium');
  const urls: string[] = [];
  return sent.flatMap(({ kind, method, url, origin }) => {
    if (!urls.includes(url)) urls.push(url);
    const response = responseAt(situation, urls.indexOf(url));
    const answer = kind === 'preflight' ? (situation.preflight ?? response) : response;
    const { pathname, search } = new URL(url);
    const asked = `> ${method} ${pathname}${search}${origin === undefined ? '' : `  (Origin: ${origin})`}`;
    return answered(asked, answer);
  });
}

function answered(asked: string, answer: string): string[] {
  if (answer.startsWith('fault: ')) return [asked, `< nothing: ${answer.slice('fault: '.length)}`];
  const lines = `HTTP/1.1 ${answer}`.split('\n').map((line) => `< ${line}`);
  return [asked, ...lines];
}
