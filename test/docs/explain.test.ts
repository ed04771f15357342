import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { BROWSER_STEPS, consoleCatalogue, type ConsoleEntry } from '../../src/diagnostics/catalogue/console.ts';
import { FakeTerminal } from '../fixtures/fake-terminal.ts';

const page = readFileSync(new URL('../../docs/explain.md', import.meta.url), 'utf8');
const COMMAND = '$ oneorigin explain < console.txt\n';

const examples = [
  ...page.matchAll(/```text\n([^$][^]*?)```\n+```text\n\$ oneorigin explain < console\.txt\n([^]*?)```/g),
];

describe('docs/explain.md', () => {
  it('has all its examples in the form that is run here', () => {
    expect(examples).toHaveLength(page.split(COMMAND).length - 1);
    expect(examples.length).toBeGreaterThan(2);
  });

  it.each(examples.map(([, input = '', output = '']) => ({ input, output })))(
    'prints what it shows: $input',
    async ({ input, output }) => {
      const terminal = new FakeTerminal('.');
      terminal.piped = input;
      await run(['explain'], terminal);
      expect(terminal.output).toBe(output);
    },
  );

  it('has every code with its step, in the section of its kind, and no other', () => {
    const sections = page.slice(page.indexOf('## Codes')).split('\n### ');
    const documented = sections.flatMap((section, index) =>
      [...section.matchAll(/^\| `([a-z-]+)` \| ([A-O]?) ?\| /gm)].map(([, code, step]) => `${index} ${code} ${step}`),
    );
    const sectionOf = { cors: 0, 'look-alike': 1, 'follow-up': 2, warning: 2 };
    const known = Object.entries<ConsoleEntry>(consoleCatalogue).map(
      ([code, { kind, step }]) => `${sectionOf[kind]} ${code} ${step ?? ''}`,
    );
    expect(documented.toSorted()).toEqual(known.toSorted());
  });

  it('has every step', () => {
    const documented = [...page.matchAll(/^\| ([A-O]) \| (.+) \|$/gm)].map(([, letter = '', text]) => [letter, text]);
    expect(Object.fromEntries(documented)).toEqual(BROWSER_STEPS);
  });
});
