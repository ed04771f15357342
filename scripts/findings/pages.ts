import { doctorAroundCatalogue } from '../../src/diagnostics/catalogue/doctor-around.ts';
import { doctorAuditCatalogue } from '../../src/diagnostics/catalogue/doctor-audit.ts';
import { doctorHarCatalogue } from '../../src/diagnostics/catalogue/doctor-har.ts';
import { doctorLayersCatalogue } from '../../src/diagnostics/catalogue/doctor-layers.ts';
import { doctorNetworkCatalogue } from '../../src/diagnostics/catalogue/doctor-network.ts';
import { doctorPreflightCatalogue } from '../../src/diagnostics/catalogue/doctor-preflight.ts';
import { doctorResponseCatalogue } from '../../src/diagnostics/catalogue/doctor-response.ts';
import { cliCatalogue } from '../../src/diagnostics/catalogue/cli.ts';
import { configCatalogue } from '../../src/diagnostics/catalogue/config.ts';
import { consoleCatalogue, type ConsoleCode, type ConsoleEntry } from '../../src/diagnostics/catalogue/console.ts';
import { corsCatalogue } from '../../src/diagnostics/catalogue/cors.ts';
import type { DoctorCode } from '../../src/diagnostics/catalogue/doctor.ts';
import { edgeCatalogue } from '../../src/diagnostics/catalogue/edge.ts';
import { liveCatalogue } from '../../src/diagnostics/catalogue/live.ts';
import { problemCatalogue, type ProblemCode } from '../../src/diagnostics/catalogue/problems.ts';
import { STACKS } from '../../src/doctor/stacks/names.ts';
import { configPage } from './config-page.ts';
import { consolePage } from './console-page.ts';
import { doctorPage, stackLinks } from './doctor-page.ts';
import { GENERATED, page, section } from './markdown.ts';
import { problemPage, problemSections } from './problem-page.ts';
import { stackPage } from './stack-page.ts';

type Maker = (code: string) => string;

/** The codes, by what they are about, each with who makes its page. */
const FAMILIES: readonly (readonly [title: string, codes: readonly string[], make: Maker])[] = [
  ['The doctor: before CORS', Object.keys(doctorNetworkCatalogue), doctor],
  ['The doctor: recordings', Object.keys(doctorHarCatalogue), doctor],
  ['The doctor: layers', Object.keys(doctorLayersCatalogue), doctor],
  ['The doctor: the preflight', Object.keys(doctorPreflightCatalogue), doctor],
  ['The doctor: the answer', Object.keys(doctorResponseCatalogue), doctor],
  ['The doctor: the audit', Object.keys(doctorAuditCatalogue), doctor],
  ['The doctor: seen on the way', Object.keys(doctorAroundCatalogue), doctor],
  ['The console: CORS', consoleCodes('cors', 'warning'), console],
  ['The console: look-alikes', consoleCodes('look-alike'), console],
  ['The console: what goes along', consoleCodes('follow-up'), console],
  ['Answers of the gateway', Object.keys(problemCatalogue), (code) => problemPage(code as ProblemCode)],
  ['The log', Object.keys(liveCatalogue), configPage],
  ['Policies', Object.keys(corsCatalogue), configPage],
  ['The config', Object.keys(configCatalogue), configPage],
  ['The edge handler', Object.keys(edgeCatalogue), configPage],
  ['The command line', Object.keys(cliCatalogue), configPage],
];

/** Every page of docs/findings by its name in that folder. */
export function findingPages(): ReadonlyMap<string, string> {
  const pages = new Map<string, string>();
  for (const [, codes, make] of FAMILIES) {
    // A code that two families have is explained on the first one's page.
    for (const code of codes) if (!pages.has(`${code}.md`)) pages.set(`${code}.md`, make(code));
  }
  const codePages = new Map(pages);
  for (const name of STACKS) pages.set(`stacks/${name}.md`, stackPage(name));
  return pages.set('README.md', indexPage(codePages));
}

function doctor(code: string): string {
  return doctorPage(code as DoctorCode);
}

function console(code: string): string {
  const more = Object.hasOwn(problemCatalogue, code) ? problemSections(code as ProblemCode) : [];
  return consolePage(code as ConsoleCode, ...more);
}

function consoleCodes(...kinds: readonly ConsoleEntry['kind'][]): string[] {
  return Object.entries<ConsoleEntry>(consoleCatalogue)
    .filter(([, { kind }]) => kinds.includes(kind))
    .map(([code]) => code);
}

function indexPage(pages: ReadonlyMap<string, string>): string {
  return page(
    '# Every code, explained',
    GENERATED,
    "A code stands in square brackets in what the command line prints, in `code` of what it prints as JSON, in the [log](../logging.md) and in the gateway's [error answers](../errors.md). `oneorigin explain CODE` prints its page.",
    ...FAMILIES.map(([title, codes]) => section(title, table(codes, pages))),
    section('A policy, whole', `Written for ${stackLinks()}.`),
  );
}

function table(codes: readonly string[], pages: ReadonlyMap<string, string>): string {
  const rows = codes.map((code) => `| [\`${code}\`](${code}.md) | ${firstSentences(pages.get(`${code}.md`) ?? '')} |`);
  return ['| code | says |', '|---|---|', ...rows].join('\n');
}

/** The paragraph below a page's title. */
function firstSentences(text: string): string {
  const [, , first = ''] = text.split('\n\n');
  return first.startsWith('#') ? '' : first.replaceAll('\n', ' ').replaceAll(/(?<!\\)\|/g, '\\|');
}
