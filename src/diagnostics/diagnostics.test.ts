import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { cliCatalogue } from './catalogue/cli.ts';
import { configCatalogue } from './catalogue/config.ts';
import { edgeCatalogue } from './catalogue/edge.ts';
import { catalogue, painter, proseOf, renderJson, renderText, type Diagnostic } from './index.ts';

const source = fileURLToPath(new URL('..', import.meta.url));

/** The code of some folders, without tests. */
function codeOf(...folders: string[]): string {
  return folders
    .flatMap((folder) => readdirSync(source + folder, { recursive: true }).map((name) => `${folder}/${String(name)}`))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(source + name, 'utf8'))
    .join('\n');
}

const problem: Diagnostic = {
  code: 'config-unknown-key',
  severity: 'error',
  data: { key: 'listne', nearest: 'listen', known: ['listen'] },
  path: ['listne'],
  place: { file: 'a.yaml', line: 2, column: 1 },
};

describe('the catalogue', () => {
  it.each(Object.keys({ ...configCatalogue, ...cliCatalogue }))('%s is used', (code) => {
    expect(codeOf('config', 'routing', 'guard', 'cli')).toContain(`'${code}'`);
  });

  it.each(Object.keys(edgeCatalogue))('%s is used', (code) => {
    expect(codeOf('edge')).toContain(`'${code}'`);
  });

  it('knows every code that config, routing, guards and command line report', () => {
    // TypeScript holds most of them to it; this finds those that are written into plain objects.
    const written = codeOf('config', 'routing', 'guard', 'cli').matchAll(/\bcode: '([a-z-]+)', severity/g);
    for (const [, code = ''] of written) expect(Object.keys(catalogue)).toContain(code);
  });

  it('has codes that nobody has to escape, and prose of whole sentences', () => {
    const data = {
      key: 'k',
      value: 'v',
      names: ['n'],
      known: ['a'],
      allowed: ['a'],
      expected: ['a text'],
      actions: ['a'],
      keys: ['a'],
      found: ['a'],
    };
    for (const code of Object.keys({ ...configCatalogue, ...cliCatalogue })) {
      expect(code).toMatch(/^[a-z]+(?:-[a-z]+)+$/);
      const { message, mend } = proseOf({ code, severity: 'error', data });
      expect(message).toMatch(/^[A-Z`]/);
      expect(mend).toMatch(/[.?]$|^$/);
    }
  });

  it('says at least the code of a problem that it does not know', () => {
    expect(proseOf({ code: 'toString', severity: 'error', data: {} })).toEqual({ message: 'toString', mend: '' });
  });
});

describe('as text', () => {
  const sources = new Map([['a.yaml', 'routes: []\nlistne: 8080\n']]);

  it('a problem has its place, its key, its line with a caret, and its mend', () => {
    expect(renderText([problem], { sources })).toBe(
      [
        'a.yaml:2:1 error[config-unknown-key] listne: There is no option `listne` here.',
        '  2 | listne: 8080',
        '    | ^',
        '  → Did you mean `listen`?',
        '',
      ].join('\n'),
    );
  });

  it('a problem without a place or a source has what is left', () => {
    const { place: _, ...rest } = problem;
    expect(renderText([rest])).toBe(
      'error[config-unknown-key] listne: There is no option `listne` here.\n  → Did you mean `listen`?\n',
    );
    expect(renderText([problem])).not.toContain('|');
  });

  it('colours are used only when asked for', () => {
    const escape = String.fromCharCode(27);
    expect(renderText([problem], { sources })).not.toContain(escape);
    expect(renderText([problem], { sources, color: true })).toContain(`${escape}[31merror`);
    expect(painter(false)('error', 'x')).toBe('x');
  });

  it('the line cannot speak to the terminal, and a long one is cut around the caret', () => {
    const long = `${' '.repeat(10)}\u001B[31m${'x'.repeat(300)}\u202E`;
    const text = renderText([{ ...problem, place: { file: 'b', line: 1, column: 200 } }], {
      sources: new Map([['b', long]]),
    });
    expect(text).not.toContain('\u001B');
    const [, line = '', caret = ''] = text.split('\n');
    expect(line.length).toBeLessThan(120);
    expect(line[caret.indexOf('^')]).toBe('x');
  });

  it('a place beyond the end of the file quotes nothing', () => {
    expect(renderText([{ ...problem, place: { file: 'a.yaml', line: 99, column: 5 } }], { sources })).not.toContain(
      '|',
    );
  });
});

it('as JSON a problem has its data and its prose', () => {
  expect(renderJson([problem])).toEqual([
    {
      code: 'config-unknown-key',
      severity: 'error',
      message: 'There is no option `listne` here.',
      mend: 'Did you mean `listen`?',
      key: 'listne',
      place: { file: 'a.yaml', line: 2, column: 1 },
      data: problem.data,
    },
  ]);
});
