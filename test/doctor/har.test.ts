import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  examineHar,
  harReportOf,
  readHar,
  renderHarHtml,
  renderHarMarkdown,
  renderHarReport,
  type HarReport,
  type Recording,
} from '../../src/doctor/index.ts';
import { harReportSchema } from '../../src/doctor/report/schema.ts';
import { launchChromium } from '../fixtures/browser.ts';
import { recordInChromium } from '../fixtures/chromium-devtools.ts';
import { recordInFirefox } from '../fixtures/firefox-devtools.ts';
import { findFirefox } from '../fixtures/firefox.ts';
import { SECRETS, SITUATIONS, startSituations, type SituationServers } from '../fixtures/har/situations.ts';

/** `UPDATE_HAR=1` writes what browsers record now to the fixtures. */
const isUpdating = process.env['UPDATE_HAR'] !== undefined;
const isFirefoxThere = findFirefox() !== undefined;
if (!isFirefoxThere)
  console.warn('SKIPPED: Firefox is not installed, so nothing is recorded in it (package firefox-esr).');

type Recorder = 'chromium' | 'chromium-sanitized' | 'firefox' | 'playwright';

const fixtureOf = (recorder: Recorder): string =>
  fileURLToPath(new URL(`../fixtures/har/${recorder}.har`, import.meta.url));

function reportOn(text: string, options = {}): HarReport {
  return harReportOf(examineHar(readHar(text) as Recording, options), 'recording.har');
}

/** By method and path: outcome, and the first finding that is more than a note. */
function judged({ requests }: HarReport): Record<string, string> {
  return Object.fromEntries(
    requests.map(({ report }) => {
      const { method, url } = report.request;
      const first = report.findings.find(({ severity }) => severity === 'error' || report.outcome === 'opaque');
      return [`${method} ${new URL(url).pathname}`, `${report.outcome} ${first?.code ?? ''}`.trim()];
    }),
  );
}

function expected(recorder: Recorder): Record<string, string> {
  return Object.fromEntries(
    SITUATIONS.map(({ path, init, outcome, code = '', firefox = code }) => {
      const method = String(init?.['method'] ?? 'GET');
      return [`${method} ${path.split('?')[0]}`, `${outcome} ${recorder === 'firefox' ? firefox : code}`.trim()];
    }),
  );
}

/** Playwright records no preflights, and nothing of what the browser refused. */
function expectedOfPlaywright(): Record<string, string> {
  const all = expected('playwright');
  const known = /no-answer|opaque/;
  return Object.fromEntries(
    Object.entries(all).map(([name, said]) => {
      if (!said.startsWith('blocked') || known.test(said)) return [name, said];
      const isPreflighted = /^(?:DELETE|PATCH|PUT)|\/header/.test(name);
      return [name, `blocked ${isPreflighted ? 'doctor-har-no-preflight' : 'doctor-har-untold'}`];
    }),
  );
}

function expectRight(text: string, recorder: Recorder): void {
  const report = reportOn(text);
  expect(judged(report)).toEqual(recorder === 'playwright' ? expectedOfPlaywright() : expected(recorder));
  expect(report.counts).toMatchObject({ skipped: recorder === 'firefox' ? 1 : 0, unknownPage: 0, sameOrigin: 1 });
  expect(harReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  const outputs = [JSON.stringify(report), renderHarReport(report), renderHarMarkdown(report), renderHarHtml(report)];
  for (const output of outputs) for (const secret of SECRETS) expect(output).not.toContain(secret);
  // What was recorded holds them, or this would show nothing.
  expect(SECRETS.filter((secret) => text.includes(secret)).length).toBeGreaterThan(2);
}

describe.skipIf(isUpdating)('a recording of', () => {
  it.each(['chromium', 'chromium-sanitized', 'firefox', 'playwright'] as const)('%s is judged', (recorder) => {
    expectRight(readFileSync(fixtureOf(recorder), 'utf8'), recorder);
  });

  it('Chromium tells where the credentials mode comes from, and where the preflight', () => {
    const { requests } = reportOn(readFileSync(fixtureOf('chromium-sanitized'), 'utf8'));
    const found = (path: string) => requests.filter(({ report }) => new URL(report.request.url).pathname === path);
    expect(found('/credentials')[0]).toMatchObject({ credentials: 'inferred', preflight: 'not-needed' });
    expect(found('/put').map(({ preflight }) => preflight)).toEqual(['recorded', 'remembered']);
    // Authorization isn't exported, and the preflight asks for it.
    expect(found('/put')[0]?.report.preflight.why).toContainEqual(expect.stringContaining('authorization'));
  });

  it.each([{}, { color: true }])('Firefox fits into 80 columns, but for what is copied: %j', (options) => {
    const text = renderHarReport(reportOn(readFileSync(fixtureOf('firefox'), 'utf8')), options);
    const lines = text.replaceAll(/\u001B\[\d+m/g, '').split('\n');
    expect(
      lines.filter((line) => line.length > 80 && line.trim().includes(' ') && !/https?:\S{60}/.test(line)),
    ).toEqual([]);
  });
});

describe('what browsers record today is judged:', () => {
  let servers: SituationServers;
  beforeAll(async () => {
    servers = await startSituations();
  });
  afterAll(() => servers.close());

  const check = (text: string, recorder: Recorder): void => {
    if (isUpdating) writeFileSync(fixtureOf(recorder), `${text}\n`);
    expectRight(text, recorder);
  };

  it("Chromium's developer tools", async () => {
    const { sanitized, whole } = await recordInChromium(servers);
    check(whole, 'chromium');
    check(sanitized, 'chromium-sanitized');
  }, 90_000);

  it.skipIf(!isFirefoxThere)(
    "Firefox's developer tools",
    async () => {
      check(await recordInFirefox(servers), 'firefox');
    },
    90_000,
  );

  it("Playwright's recordHar", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'oneorigin-har-'));
    const browser = await launchChromium();
    try {
      const path = join(folder, 'recorded.har');
      const context = await browser.newContext({ recordHar: { path, content: 'omit' } });
      const page = await context.newPage();
      await page.goto(servers.page);
      await page.evaluate(servers.script);
      await context.close();
      check(readFileSync(path, 'utf8'), 'playwright');
    } finally {
      await browser.close();
      rmSync(folder, { recursive: true });
    }
  }, 90_000);
});
