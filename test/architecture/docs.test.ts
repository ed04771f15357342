import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { markdownFiles, readSource, ROOT, sourceFiles } from './source-files.ts';

const MAX_LINES = 400;

/** Files that may be longer, and why no cut through them would help their readers. */
const LONGER: Readonly<Record<string, string>> = {
  'wire/http1/client-connection.ts':
    "one connection's state machine: every transition reads and writes the same fields",
  'wire/http1/server-connection.ts':
    "one connection's state machine: every transition reads and writes the same fields",
};

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

describe('source files', () => {
  const lineCount = (file: string): number => readSource(file).trimEnd().split('\n').length;

  it(`have at most ${MAX_LINES} lines unless there is a reason`, () => {
    const tooLong = sourceFiles().filter((file) => lineCount(file) > MAX_LINES);
    expect(tooLong.filter((file) => !(file in LONGER))).toEqual([]);
  });

  it('have no reason left over', () => {
    const files = new Set(sourceFiles());
    expect(Object.keys(LONGER).filter((file) => !files.has(file) || lineCount(file) <= MAX_LINES)).toEqual([]);
  });
});

describe('the documentation', () => {
  const files = markdownFiles();

  it('is there', () => {
    expect(files.filter((file) => file.startsWith('docs/')).length).toBeGreaterThan(0);
    expect(files).toContain('README.md');
  });

  it.each(files)('%s has only links that lead somewhere', (file) => {
    expect(linksOf(read(file)).filter((link) => !leadsSomewhere(file, link))).toEqual([]);
  });

  it('has a changelog with this version', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(headingsOf(read('CHANGELOG.md')).some((heading) => heading.includes(version))).toBe(true);
  });
});

describe('this very test', () => {
  it('finds links and anchors', () => {
    const text =
      '# A *big* `title`!\n[a](x.md#y) ![b](<c d.png> "t") [c]: z.md\n\n[d]: w.md\n```\n[no](code.md)\n```\n`[no](code.md)`';
    expect(linksOf(text)).toEqual(['x.md#y', 'c d.png', 'w.md']);
    expect(anchorsOf('# A *big* `title`!\n## A b\n## A b\n## files: a_b')).toEqual([
      'a-big-title',
      'a-b',
      'a-b-1',
      'files-a_b',
    ]);
  });
});

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^ *(`{3,}|~{3,})[^\n]*\n[\s\S]*?^ *\1 *$/gm, '').replaceAll(/`[^`\n]+`/g, 'code');
}

/** Targets of inline links, images and reference definitions. */
function linksOf(markdown: string): string[] {
  const text = withoutCode(markdown);
  const inline = [...text.matchAll(/\]\((?:<([^>\n]+)>|([^)\s]+))(?:\s+"[^"]*")?\)/g)].map(
    (link) => link[1] ?? link[2] ?? '',
  );
  const defined = [...text.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)].map((link) => link[1] ?? '');
  return [...inline, ...defined];
}

/** Links to other sites aren't followed: a test must not depend on them. */
function leadsSomewhere(file: string, link: string): boolean {
  if (/^[a-z][a-z\d+.-]*:/i.test(link)) return true;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? file : join(dirname(file), decodeURIComponent(path));
  if (target.startsWith('..') || !existsSync(join(ROOT, target))) return false;
  return anchor === undefined || (target.endsWith('.md') && anchorsOf(read(target)).includes(anchor));
}

function headingsOf(markdown: string): string[] {
  const fenced = /^ *(`{3,}|~{3,})[^\n]*\n[\s\S]*?^ *\1 *$/gm;
  return [...markdown.replaceAll(fenced, '').matchAll(/^#{1,6} +(.+?)(?: +#+)?$/gm)].map((heading) => heading[1] ?? '');
}

/** Anchors as code hosts make them of headings: letters and digits in lower case, hyphens for spaces, numbered when twice. */
function anchorsOf(markdown: string): string[] {
  const seen = new Map<string, number>();
  return headingsOf(markdown).map((heading) => {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = text.replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '').replaceAll(' ', '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}
