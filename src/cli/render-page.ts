import type { Paint } from '../diagnostics/index.ts';
import { wrap } from '../doctor/report/wrap.ts';

const FENCE = /^(`{3,})(\w*)$/;

/** A page of docs/findings for a terminal of 80 columns. Code stays as it is, to be copied; what consoles print is wrapped. */
export function renderPage(markdown: string, paint: Paint): string {
  const lines: string[] = [];
  let fence: { readonly mark: string; readonly wraps: boolean } | undefined;
  for (const line of markdown.trimEnd().split('\n')) {
    const [, mark = '', language] = FENCE.exec(line) ?? [];
    if (fence !== undefined) {
      if (line === fence.mark) fence = undefined;
      else if (fence.wraps) lines.push(...wrap(line, '      ', '    '));
      else lines.push(line === '' ? '' : `    ${line}`);
    } else if (mark !== '') fence = { mark, wraps: language === 'text' };
    else if (!line.startsWith('<!--')) lines.push(...renderLine(line, paint));
  }
  // A comment leaves a second blank line.
  return `${lines.join('\n').replaceAll(/\n{3,}/g, '\n\n')}\n`;
}

function renderLine(line: string, paint: Paint): string[] {
  const heading = /^#+ (.*)$/.exec(line)?.[1];
  if (heading !== undefined) return [paint('bold', plain(heading))];
  const item = /^(?:-|\d+\.) /.exec(line)?.[0] ?? '';
  if (line === '') return [''];
  return wrap(plain(line.slice(item.length)), ' '.repeat(2 + item.length), `  ${item}`);
}

/** Without links and escapes; code keeps its marks, as everywhere in the terminal. */
function plain(text: string): string {
  return text
    .replaceAll(/\[((?:`[^`]*`|[^\]`])*)\]\(([^)#]*)[^)]*\)/g, (_, words: string, target: string) =>
      // Pages beside this one have the name that the text says; others are files of docs.
      target.startsWith('../') ? `${words} (docs/${target.slice('../'.length)})` : words,
    )
    .replaceAll(/\\([<>[\]*_|\\])/g, '$1');
}
