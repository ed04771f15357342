import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ENGINES, readConsoleMessage, type ConsoleMessage } from '../../src/cors/index.ts';
import { TEMPLATES } from '../../src/cors/browser/console-templates.ts';
import { fillTemplate } from '../../src/cors/browser/console-text.ts';
import { explainConsole } from '../../src/explain/index.ts';
import { RECORDED_ENGINES } from './verdicts/case.ts';
import { consoleOf } from './verdicts/play.ts';
import { readCases } from './verdicts/report.ts';

const cases = readCases(fileURLToPath(new URL('verdicts/cases', import.meta.url)));

/** Values that a template may ask for. */
const VALUES = {
  url: 'http://api.test/users',
  first: 'http://api.test/old',
  page: 'https://app.test',
  pageUrl: 'https://app.test/',
  origin: 'https://app.test',
  host: 'api.test',
  location: 'http://other.test/',
  status: '403',
  reason: 'Forbidden',
  value: 'x-y',
  others: ' z',
  why: 'Connection reset by peer',
  preflight: '',
};

/** What `explain` understands of a line: whose it is, and what it means. */
const understood = (text: string): string[] => explainConsole(text).findings.map((one) => `${one.engine} ${one.code}`);

describe.each(RECORDED_ENGINES)('of what %s prints in the model', (engine) => {
  const lines = new Map<string, ConsoleMessage>();
  for (const found of cases) for (const line of consoleOf(found, ENGINES[engine])) lines.set(line.text, line);

  it('there is something in the cases', () => expect(lines.size).toBeGreaterThan(20));

  it('every line in a case is understood, by `explain` and by the model, and as the same', () => {
    for (const { text, code } of lines.values()) {
      expect(understood(text), text).toEqual([`${engine} ${code}`]);
      expect(readConsoleMessage(engine, text)?.code, text).toBe(code);
    }
  });

  it.each(TEMPLATES[engine])('%s is understood as what it is: %s', (code, template) => {
    // With and without the parts that aren't always there.
    for (const each of [template, template.replaceAll(/\[\?\w+ [^\]]*\]/g, '')]) {
      const text = fillTemplate(each, VALUES);
      expect(understood(text), text).toEqual([`${engine} ${code}`]);
      expect(readConsoleMessage(engine, text)?.code, text).toBe(code);
    }
  });
});
