import { TEMPLATES } from '../../src/cors/browser/console-templates.ts';
import { fillTemplate } from '../../src/cors/browser/console-text.ts';
import type { PrintingEngine } from '../../src/cors/index.ts';
import {
  BROWSER_STEPS,
  consoleCatalogue,
  type ConsoleCode,
  type ConsoleEntry,
} from '../../src/diagnostics/catalogue/console.ts';
import { doctorCatalogue, type DoctorCode } from '../../src/diagnostics/catalogue/doctor.ts';
import type { MessagePattern } from '../../src/explain/pattern.ts';
import { PATTERNS } from '../../src/explain/patterns/index.ts';
import { consoleCodesOf } from './doctor-page.ts';
import { fence, GENERATED, page, prose, section } from './markdown.ts';
import { BROWSERS, PAGE, saidIn, URL_ASKED, type Situation } from './situation.ts';
import { situations } from './situations.ts';

/** What stands in the places of templates. */
const VALUES: Readonly<Record<string, string>> = {
  url: URL_ASKED,
  page: PAGE,
  pageUrl: `${PAGE}/`,
  origin: PAGE,
  host: 'api.example.com',
  status: '404',
  reason: 'Not Found',
  why: '…',
  location: 'https://login.example.com/',
  others: ' …',
};

/** By code, where the plain value would say something else. */
const OWN_VALUES: Readonly<Partial<Record<ConsoleCode, string>>> = {
  'allow-origin-mismatch': 'https://www.example.com',
  'allow-origin-several': 'https://www.example.com',
  'allow-credentials-not-true': 'True',
  'method-not-allowed': 'DELETE',
  'header-not-allowed': 'x-token',
  'content-security-policy': "connect-src 'self'",
  'bad-port': '6000',
};

const KINDS = {
  cors: "The browser's CORS checks said no.",
  'look-alike': 'It reads like CORS, and is something else.',
  'follow-up': 'It goes along with a line that names the cause.',
  warning: 'A warning: nothing is blocked yet.',
} as const;

/** The page of something that a browser's console says. */
export function consolePage(code: ConsoleCode, ...more: readonly string[]): string {
  const entry: ConsoleEntry = consoleCatalogue[code];
  const step = entry.step === undefined ? '' : ` Step ${entry.step}: ${BROWSER_STEPS[entry.step]}.`;
  const behind = (Object.keys(doctorCatalogue) as DoctorCode[]).filter((one) =>
    consoleCodesOf(situations[one]).includes(code),
  );
  return page(
    `# ${code}`,
    GENERATED,
    prose(entry.message({})),
    `${KINDS[entry.kind]}${step}`,
    section('What browsers print', ...wordingsOf(code), ...elsewhere(code, behind)),
    section(
      'Likely causes',
      entry
        .causes({})
        .map((cause, index) => `${index + 1}. ${prose(cause)}`)
        .join('\n'),
    ),
    section('What to do', prose(entry.mend({}))),
    section('What the doctor finds behind it', behind.map(behindLine).join('\n')),
    section(
      'Understood by',
      '[`oneorigin explain`](../explain.md), from the text of the console, with the values that stand in it.',
    ),
    ...more,
  );
}

/** Browsers that say it in the words of another code, in the same situations. */
function elsewhere(code: ConsoleCode, behind: readonly DoctorCode[]): string[] {
  const said = behind.map((one) => saidIn(situations[one]) ?? []);
  return (Object.keys(BROWSERS) as PrintingEngine[]).flatMap((engine) => {
    const own = said.flatMap((lines) => lines.filter((line) => line.engine === engine).map((line) => line.code));
    if (own.length === 0 || own.includes(code) || TEMPLATES[engine].some(([key]) => key === code)) return [];
    const codes = [...new Set(own)].map((one) => `[\`${one}\`](${one}.md)`);
    return [`${BROWSERS[engine]}, in the same situations: ${codes.join(', ')}.`];
  });
}

function behindLine(code: DoctorCode): string {
  const { data = {} }: Situation = situations[code];
  return `- [\`${code}\`](${code}.md): ${prose(doctorCatalogue[code].message(data))}`;
}

function wordingsOf(code: ConsoleCode): string[] {
  const patterns = PATTERNS.filter((pattern) => pattern.code === code);
  const engines = (Object.keys(BROWSERS) as PrintingEngine[]).flatMap((engine) => {
    const filled = TEMPLATES[engine]
      .filter(([key]) => key === code)
      .map(([, template]) =>
        fillTemplate(template, {
          ...VALUES,
          value: OWN_VALUES[code] ?? 'x-a; x-b',
          location: locationIn(template),
        }).trim(),
      );
    const others = patterns.filter((pattern) => pattern.engine === engine && !covers(pattern, filled));
    const today = [...filled, ...textsOf(others.filter(({ era }) => era === undefined))];
    return today.length === 0 ? [] : [`${BROWSERS[engine]}:`, fence(today.join('\n'), 'text')];
  });
  const any = textsOf(patterns.filter(({ engine }) => engine === 'any'));
  const old = textsOf(patterns.filter(({ era, engine }) => era === 'old' && engine !== 'any'));
  return [
    ...engines,
    ...(any.length === 0 ? [] : ["Several, or the page's script:", fence(any.join('\n'), 'text')]),
    ...(old.length === 0 ? [] : ['In earlier years:', fence(old.join('\n'), 'text')]),
  ];
}

/** Optional parts of templates are left out; where a text is about the place itself, there is one. */
function locationIn(template: string): string | undefined {
  return template.includes('[?location') ? undefined : VALUES['location'];
}

function textsOf(patterns: readonly MessagePattern[]): string[] {
  return [...new Set(patterns.map(({ text }) => text))];
}

/** Whether a pattern is the wording of one of the texts. */
function covers({ text }: MessagePattern, filled: readonly string[]): boolean {
  const plain = (words: string): string => words.replaceAll(/['"‘’“”`.]/g, '');
  const source = text
    .split(/\{\w+\}/)
    .map((piece) => plain(piece).replaceAll(/[\\^$*+?()[\]{}|/]/g, '\\$&'))
    .join('.*');
  return filled.some((line) => new RegExp(source, 'i').test(plain(line)));
}
