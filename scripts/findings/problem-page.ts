import { readFileSync } from 'node:fs';
import { problemCatalogue, type ProblemCode } from '../../src/diagnostics/catalogue/problems.ts';
import { GENERATED, page, prose, section } from './markdown.ts';

const guide = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

/** The page of an error that the gateway itself answers: its row of docs/errors.md. */
export function problemPage(code: ProblemCode): string {
  return page(`# ${code}`, GENERATED, `${prose(problemCatalogue[code].title)}.`, ...problemSections(code));
}

/** The same as parts of a page that has the code for something else too. */
export function problemSections(code: ProblemCode): string[] {
  const row = new RegExp(`^\\| \`${code}\` \\| (\\d+) \\| (.*) \\| (.*) \\|$`, 'm').exec(guide);
  const [, status = '', cause = '', mend = ''] = row ?? [];
  const fromHere = (text: string): string => text.replaceAll(/\]\((?![a-z]+:)/g, '](../');
  const { title } = problemCatalogue[code];
  return [
    section(`Status ${status} of the gateway`, `${prose(title)}. ${fromHere(cause)}`),
    section('What to do about it', fromHere(mend)),
    section('See', '[Errors: what the gateway itself answers](../errors.md).'),
  ];
}
