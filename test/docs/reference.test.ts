import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { problemCatalogue } from '../../src/diagnostics/catalogue/problems.ts';
import { formatJson, formatText, type AccessRecord } from '../../src/observe/access-log.ts';

const page = (name: string): string => readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8');

/** Rows of a page's tables: the cells of those whose first cell is one piece of code. */
function rowsOf(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => /^\| `[\w-]+` \|/.test(line))
    .map((line) => line.slice(1, line.lastIndexOf('|')).split('|'))
    .map((cells) => cells.map((cell) => cell.trim().replace(/^`([\w-]+)`$/, '$1')));
}

describe('docs/errors.md', () => {
  const rows = rowsOf(page('errors')).filter(([, status]) => /^\d{3}$/.test(status ?? ''));

  it('has every error that the gateway answers, with its status, and no other', () => {
    const documented = rows.map(([code, status]) => `${code} ${status}`).toSorted();
    const known = Object.entries(problemCatalogue).map(([code, { status }]) => `${code} ${status}`);
    expect(documented).toEqual(known.toSorted());
  });

  it('has a cause and a mend for each', () => {
    for (const row of rows) {
      expect(row).toHaveLength(4);
      for (const cell of row) expect(cell).not.toBe('');
    }
  });
});

// The compiler holds these against the type: a field too many or too few is an error here.
const RECORD: Readonly<Record<keyof AccessRecord, true>> = {
  time: true,
  id: true,
  client: true,
  method: true,
  host: true,
  path: true,
  route: true,
  status: true,
  duration: true,
  head: true,
  upstreamHead: true,
  bytesIn: true,
  bytesOut: true,
  upstream: true,
  attempts: true,
  upstreamFailure: true,
  note: true,
  problem: true,
  aborted: true,
  cors: true,
  query: true,
  headers: true,
  trace: true,
  finding: true,
};
const CORS: Readonly<Record<keyof NonNullable<AccessRecord['cors']>, true>> = {
  origin: true,
  policy: true,
  kind: true,
  allowed: true,
  reason: true,
  explanation: true,
  report: true,
};

describe('docs/logging.md', () => {
  const text = page('logging');
  const [outer = '', inner = ''] = text.split('Within `cors`:');

  it('has every field of a record, and no other', () => {
    expect(
      rowsOf(outer)
        .map(([field]) => field)
        .toSorted(),
    ).toEqual(Object.keys(RECORD).toSorted());
    expect(
      rowsOf(inner)
        .map(([field]) => field)
        .toSorted(),
    ).toEqual(Object.keys(CORS).toSorted());
  });

  it('shows a record and a line as they are written', () => {
    const json = /```json\n(\{.*\})\n/.exec(text)?.[1] ?? '';
    const record = JSON.parse(json) as AccessRecord;
    expect(formatJson(record)).toBe(json);
    expect(formatText({ ...record, path: '/api/users' })).toBe(
      '08:40:23.809 GET /api/users 200 7.14ms 51B /api/users/* ← 127.0.0.1:8081 id=k3x9qa-l ' +
        'cors:partners actual allowed origin=https://app.example.com',
    );
  });
});

describe('docs/ARCHITECTURE.md', () => {
  const [tree = ''] = /^    src\/\n(?:^ {6,}.*\n)+/m.exec(page('ARCHITECTURE')) ?? [];
  const [table = ''] = /^\| layer \|[^]*?\n\n/m.exec(page('ARCHITECTURE')) ?? [];
  const folders = readdirSync(new URL('../../src/', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();

  it('names every part that there is, and no other', () => {
    const named = [...tree.matchAll(/^ {6}([a-z]+)\//gm)].map((match) => match[1] ?? '');
    expect(named.toSorted()).toEqual(folders);
  });

  it('says of every part what it may import', () => {
    const layers = [...table.matchAll(/^\| ([a-z, ]+) \|/gm)].flatMap((match) => (match[1] ?? '').split(', '));
    expect(layers.filter((layer) => layer !== 'layer').toSorted()).toEqual(folders);
  });
});
