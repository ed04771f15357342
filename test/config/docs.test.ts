import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { parseConfig } from '../../src/config/index.ts';
import { renderText } from '../../src/diagnostics/index.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = readdirSync(`${root}docs`).filter((name) => name.endsWith('.md'));
const env = { HOME: '/home/somebody', GITHUB_TOKEN: 'a', OPENAI_API_KEY: 'b', API_KEY: 'c' };

/** The YAML of a page's examples, each with its line. */
function examplesOf(page: string): { place: string; text: string }[] {
  const text = readFileSync(`${root}docs/${page}`, 'utf8');
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => ({
    place: `${page}:${text.slice(0, match.index).split('\n').length}`,
    text: match[1] ?? '',
  }));
}

/** Some examples show one key only; a config needs routes. */
function whole(text: string): string {
  return /^routes:/m.test(text) ? text : `${text}\nroutes: [{ path: /*, respond: 204 }]\n`;
}

describe('the examples of the documentation are valid', () => {
  it.each(pages.flatMap(examplesOf))('$place', ({ text }) => {
    const result = parseConfig(whole(text), 'yaml', { env, checkFiles: false });
    const problems = 'problems' in result ? result.problems : [];
    // An example of something else may name an upstream without defining any.
    const defines = /^upstreams:/m.test(text);
    const wrong = problems.filter(({ code }) => defines || code !== 'upstream-unknown');
    expect(renderText(wrong)).toBe('');
  });
});

describe('what the published schema says of the examples', () => {
  const schema = z.fromJSONSchema(JSON.parse(readFileSync(`${root}schema.json`, 'utf8')));
  const files = readdirSync(`${root}examples`, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('oneorigin.yaml') && !name.includes('node_modules'))
    .map((name) => ({ place: name, text: readFileSync(`${root}examples/${name}`, 'utf8') }));

  it.each([...pages.flatMap(examplesOf), ...files])('$place', ({ text }) => {
    const result = schema.safeParse(parse(whole(text), { merge: true }));
    expect(result.error?.issues ?? []).toEqual([]);
  });
});

type Properties = Readonly<Record<string, { readonly description?: string }>>;

describe('docs/configuration.md', () => {
  const page = readFileSync(`${root}docs/configuration.md`, 'utf8');
  const schema = JSON.parse(readFileSync(`${root}schema.json`, 'utf8')) as {
    properties: Properties;
    definitions: Record<string, { properties: Properties }>;
  };
  // Policies and what single actions take have pages of their own.
  const names = ['RouteOptions', 'UpstreamOptions', 'LimitOptions', 'ClientTimeoutOptions', 'LogOptions'];
  const keys = [schema.properties, ...names.map((name) => schema.definitions[name]?.properties ?? {})].flatMap((each) =>
    Object.keys(each),
  );

  it.each([...new Set(keys)])('tells of %s', (key) => {
    expect(page).toContain(`| \`${key}\` |`);
  });

  const sections: Readonly<Record<string, Properties | undefined>> = {
    'At the top': schema.properties,
    upstreams: schema.definitions['UpstreamOptions']?.properties,
    routes: schema.definitions['RouteOptions']?.properties,
    limits: schema.definitions['LimitOptions']?.properties,
    timeouts: schema.definitions['ClientTimeoutOptions']?.properties,
    log: schema.definitions['LogOptions']?.properties,
  };
  const defaults = Object.entries(sections).flatMap(([section, properties = {}]) =>
    Object.entries(properties).flatMap(([key, { description = '' }]) => {
      const value = /Default: `([^`]+)`/.exec(description)?.[1];
      return value === undefined ? [] : [{ section, key, value }];
    }),
  );

  it.each(defaults)('gives $key ($section) its default, $value', ({ section, key, value }) => {
    const text = page.split(/^##+ /m).filter((part) => part.startsWith(`${section}\n`));
    const row =
      text
        .join('')
        .split('\n')
        .find((line) => line.startsWith(`| \`${key}\` |`)) ?? '';
    const cells = row.split('|').map((cell) => cell.replaceAll('`', '').trim().replace(/,.*/, ''));
    expect(cells).toContain(value);
  });

  it.each(Object.keys(schema.definitions['UpstreamTlsOptions']?.properties ?? {}))('tells of tls.%s', (key) => {
    expect(page).toContain(`| \`tls.${key}\` |`);
  });
});
