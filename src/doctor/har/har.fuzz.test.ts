import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { harReportSchema } from '../report/schema.ts';
import { examineHar, harReportOf, readHar, renderHarHtml, renderHarMarkdown, renderHarReport } from '../index.ts';

const RUNS = Number(process.env['FUZZ_COUNT'] ?? 200);
const SEEDS = ['chromium', 'firefox', 'playwright'].map((name) =>
  readFileSync(new URL(`../../../test/fixtures/har/${name}.har`, import.meta.url), 'utf8').trim(),
);

/** Reads whatever it is and renders it in every form; says what came out. */
function allForms(text: string): string[] {
  const recording = readHar(text);
  if ('fault' in recording) return [];
  const report = harReportOf(examineHar(recording), 'a.har');
  expect(harReportSchema.safeParse(JSON.parse(JSON.stringify(report))).success).toBe(true);
  return [renderHarReport(report), renderHarMarkdown(report), renderHarHtml(report), JSON.stringify(report)];
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '\u001B[31mred',
    '</pre><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '`````\n# x',
    '\r\n✓ all is well',
    '\u202Eabc',
    'https://a.example/`**x**`<b>',
    '__proto__',
    'null',
    'javascript:alert(1)',
    'http://[::1',
    'http://a.example/%',
  ),
);

it('any JSON can be read, or is refused', () => {
  const entry = fc.record(
    { request: fc.anything(), response: fc.anything(), startedDateTime: fc.anything() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.record({ entries: fc.array(fc.oneof(entry, fc.anything())), pages: fc.anything(), creator: fc.anything() }),
      (log) => {
        allForms(JSON.stringify({ log }) ?? '');
      },
    ),
    { numRuns: RUNS },
  );
});

it('a cut, or a byte that is wrong, breaks nothing', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...SEEDS),
      fc.nat(),
      fc.boolean(),
      fc.string({ maxLength: 3 }),
      (text, at, isCut, junk) => {
        const place = at % text.length;
        allForms(text.slice(0, place) + (isCut ? '' : junk + text.slice(place + 1)));
      },
    ),
    { numRuns: Math.ceil(RUNS / 4) },
  );
});

/** A real recording in which some strings are others. */
const spoiled = fc
  .tuple(fc.constantFrom(...SEEDS), fc.array(fc.tuple(fc.nat(), hostile), { minLength: 1, maxLength: 12 }))
  .map(([text, changes]) => {
    const recording = JSON.parse(text) as { log: { entries: object[] } };
    const places: [Record<string, unknown>, string][] = [];
    const collect = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, item] of Object.entries(value)) {
        if (typeof item === 'string' || typeof item === 'number') places.push([value as Record<string, unknown>, key]);
        else collect(item);
      }
    };
    collect(recording);
    for (const [at, junk] of changes) {
      const [object, key] = places[at % places.length] ?? [{}, ''];
      object[key] = junk;
    }
    return JSON.stringify(recording);
  });

it('strings of a recording are no markup and speak to no terminal', () => {
  fc.assert(
    fc.property(spoiled, (text) => {
      const [plain = '', , html = '', json = ''] = allForms(text);
      for (const output of [plain, json])
        expect(output).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
      // A line of its own would look like ours.
      expect(plain).not.toMatch(/^✓ all is well/m);
      expect(html).not.toMatch(/<(?:script|img|iframe|a|link)\b/i);
    }),
    { numRuns: RUNS },
  );
});

it('secrets stay in, wherever they were recorded', () => {
  const secret = 'zzS3cr3tValue42zz';
  const place = fc.constantFrom(
    'authorization',
    'cookie',
    'set-cookie',
    'query',
    'body',
    'x-api-key',
    'echo',
    'location',
    'password',
  );
  fc.assert(
    fc.property(fc.uniqueArray(place, { minLength: 1 }), fc.nat(), fc.boolean(), (places, at, isRefused) => {
      const has = (name: (typeof places)[number]): boolean => places.includes(name);
      const recording = JSON.parse(SEEDS[0] ?? '') as {
        log: { entries: { request: Spoilt; response: Spoilt & { status: number } }[] };
      };
      const { entries } = recording.log;
      const { request, response } = entries[at % entries.length] ?? entries[0]!;
      const add = (part: Spoilt, name: string, value: string): void => void part.headers.push({ name, value });
      if (has('authorization')) add(request, 'Authorization', `Bearer ${secret}`);
      if (has('cookie')) add(request, 'Cookie', `a=1; sid=${secret}`);
      if (has('x-api-key')) add(request, 'X-Api-Key', secret);
      if (has('query')) request.url = `${request.url.split('?')[0]}?access_token=${secret}`;
      if (has('password')) request.url = request.url.replace('//', `//user:${secret}@`);
      if (has('set-cookie')) add(response, 'Set-Cookie', `sid=${secret}; Path=/; Expires=${secret}`);
      if (has('location')) add(response, 'Location', `/login?code=${secret}#${secret}`);
      if (has('body')) Object.assign(response, { content: { text: secret } });
      // A server sends back what it was sent.
      if (has('echo') && (has('authorization') || has('query') || has('x-api-key')))
        add(response, 'Access-Control-Allow-Origin', secret);
      if (isRefused) response.status = 401;
      for (const output of allForms(JSON.stringify(recording))) expect(output).not.toContain(secret);
    }),
    { numRuns: RUNS },
  );
});

interface Spoilt {
  url: string;
  readonly headers: { name: string; value: string }[];
}
