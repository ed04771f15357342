import { preflightNeeded, type PrintingEngine } from '../../src/cors/index.ts';
import { consoleCatalogue, type ConsoleCode, type ConsoleEntry } from '../../src/diagnostics/catalogue/console.ts';
import type { DoctorEntry } from '../../src/diagnostics/catalogue/doctor-entry.ts';
import { doctorCatalogue, type DoctorCode } from '../../src/diagnostics/catalogue/doctor.ts';
import { stacks } from '../../src/doctor/stacks/index.ts';
import { fence, GENERATED, page, prose, section } from './markdown.ts';
import { BROWSERS, evidenceOf, PAGE, playIn, saidIn, URL_ASKED, type Situation } from './situation.ts';
import { situations } from './situations.ts';

/** The page of a finding of the doctor. */
export function doctorPage(code: DoctorCode): string {
  const entry: DoctorEntry = doctorCatalogue[code];
  const situation: Situation = situations[code];
  const { data = {} } = situation;
  const evidence = evidenceOf(situation);
  return page(
    `# ${code}`,
    GENERATED,
    prose(entry.message(data)),
    section('Why', situation.why),
    section('What to do', prose(entry.mend(data))),
    evidence.length === 0 ? '' : section('What shows it', fence(evidence.join('\n'), 'http')),
    section('What browsers print', printed(situation)),
    section('In the standard', `${prose(entry.step)}.`),
    entry.policy === true ? fixes(code, situation) : '',
    section(
      'Seen by',
      `[\`${commandFor(code)}\`](../doctor.md)${seenWith(code)}, which shows it with your own names, addresses and bytes.`,
    ),
  );
}

function commandFor(code: DoctorCode): string {
  return code.startsWith('doctor-har-')
    ? 'oneorigin doctor --har recording.har'
    : `oneorigin doctor ${URL_ASKED} --origin ${PAGE}`;
}

/** Options without which the doctor doesn't look. */
function seenWith(code: DoctorCode): string {
  if (code.startsWith('doctor-audit-'))
    return ` with \`--audit\`${code.endsWith('side-effect') ? ' and `--send`' : ''}`;
  if (code.startsWith('doctor-layer-')) return ' with `--via`';
  return code === 'doctor-csp' ? ' with `--page`' : '';
}

/** The console codes that a finding shows as. */
export function consoleCodesOf(situation: Situation): readonly ConsoleCode[] {
  return [...new Set([...(saidIn(situation) ?? []).map(({ code }) => code), ...(situation.console ?? [])])];
}

function printed(situation: Situation): string {
  const said = saidIn(situation);
  const { console = [] } = situation;
  if (said === undefined) {
    return console
      .map((code) => {
        const entry: ConsoleEntry = consoleCatalogue[code];
        return `- [\`${code}\`](${code}.md): ${prose(entry.message({}))}`;
      })
      .join('\n');
  }
  if (said.length === 0) return 'Nothing: they let it pass.';
  const silent = Object.entries(BROWSERS).filter(([engine]) => said.every((one) => one.engine !== engine));
  const blocks = said.map(
    ({ engine, code, text }) => `${BROWSERS[engine]}, [\`${code}\`](${code}.md):\n\n${fence(text, 'text')}`,
  );
  const rest = silent.map(([engine, name]) => {
    const { outcome } = playIn(situation, engine as PrintingEngine);
    return `${name}: nothing${outcome === 'error' ? ' that says why' : ''}.`;
  });
  return [...blocks, ...rest].join('\n\n');
}

/** What an answer that passes would have, and the pages that write it for a stack. */
function fixes(code: DoctorCode, situation: Situation): string {
  const { credentials } = situation.request ?? {};
  const need = preflightNeeded({ pageOrigin: PAGE, url: URL_ASKED, ...situation.request });
  const names = need.requestHeaders.filter((name) => !name.startsWith('access-control-'));
  const both = [
    `Access-Control-Allow-Origin: ${PAGE}`,
    ...(credentials === 'include' ? ['Access-Control-Allow-Credentials: true'] : []),
    'Vary: Origin',
  ];
  const method = need.requestMethod.toUpperCase();
  const preflight = [
    'HTTP/1.1 204 No Content',
    ...both,
    ...(['GET', 'HEAD', 'POST'].includes(method) ? [] : [`Access-Control-Allow-Methods: ${method}`]),
    ...(names.length === 0 ? [] : [`Access-Control-Allow-Headers: ${names.join(', ')}`]),
    'Access-Control-Max-Age: 7200',
  ];
  return section(
    'The mend for your stack',
    ...(need.needed
      ? [
          'In this example the answer to the preflight is',
          fence(preflight.join('\n'), 'http'),
          'and every answer, errors included, has',
        ]
      : ['In this example every answer, errors included, has']),
    fence(both.join('\n'), 'http'),
    `Exactly one layer should send them. The whole policy, written for ${stackLinks()}; \`oneorigin explain ${code} --stack NAME\` prints it.`,
  );
}

/** All stacks, each with its page. */
export function stackLinks(): string {
  const links = Object.values(stacks).map(({ name, title }) => `[${title}](stacks/${name}.md)`);
  return `${links.slice(0, -1).join(', ')} or ${links.at(-1)}`;
}
