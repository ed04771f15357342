import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Observation, VerdictCase } from '../../conformance/verdicts/case.ts';
import { compareCase } from '../../conformance/verdicts/compare.ts';
import { generateCase, hasUnsettledCookies } from '../../conformance/verdicts/generate.ts';
import { readCases } from '../../conformance/verdicts/report.ts';
import { startRig, type Rig } from '../../conformance/verdicts/rig.ts';
import { launchChromium } from '../../fixtures/browser.ts';
import { Random } from '../../fixtures/random.ts';

const CASES = 300;
const seed = Number(process.env['BROWSER_MODEL_SEED'] ?? Math.floor(Math.random() * 2 ** 32));

let browser: Browser;
let rig: Rig;

beforeAll(async () => {
  [browser, rig] = await Promise.all([launchChromium(), startRig()]);
});

afterAll(async () => {
  await browser.close();
  await rig.close();
});

/** What Chromium makes of the cases, its console included. */
async function observe(cases: readonly VerdictCase[]): Promise<ReadonlyMap<string, Observation>> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const printed = new Map<string, string[]>();
  page.on('console', (message) => {
    const [, id] = /\/case\/([a-z]+-\d+)/.exec(`${message.location().url} ${message.text()}`) ?? [];
    if (id !== undefined) printed.set(id, [...(printed.get(id) ?? []), message.text()]);
  });
  // A visit, so that the host has its cookie.
  await page.goto(`${rig.origins.foreign}/frame`);
  const results = rig.plan(cases);
  await page.goto(rig.url);
  const observed = await results;
  await expect.poll(() => page.title()).toBe('done');
  await context.close();
  const told = ({ id, request }: VerdictCase): string[] => {
    const lines = printed.get(id) ?? [];
    const others = lines.filter((line) => !line.endsWith('net::ERR_FAILED'));
    // That line goes along with every error, and says something only of redirects that weren't wanted.
    return others.length === 0 && request.redirect === 'error' ? lines : others;
  };
  return new Map(
    cases.map((found) => [found.id, { ...(observed.get(found.id) as Observation), console: told(found) }]),
  );
}

/** The cases in which Chromium does something else than the model foresees. */
function surprises(cases: readonly VerdictCase[], observed: ReadonlyMap<string, Observation>): string {
  const wrong = cases.flatMap((found) => {
    const seen = { ...found, observed: { chromium: observed.get(found.id) as Observation } };
    const { disagreements } = compareCase(seen, 'chromium');
    return disagreements.length === 0 ? [] : [JSON.stringify({ found, disagreements }, undefined, 1)];
  });
  return wrong.join('\n');
}

it(`foresees what Chromium does in ${CASES} random situations (BROWSER_MODEL_SEED=${seed})`, async () => {
  console.log(`BROWSER_MODEL_SEED=${seed}`);
  const random = new Random(seed);
  const cases = Array.from({ length: CASES }, (_, i) => generateCase(random, rig.origins, i));
  expect(surprises(cases, await observe(cases))).toBe('');
}, 120_000);

it('foresees what Chromium does in our own cases, as they say', async () => {
  const { page, other, third, foreign } = rig.origins;
  const ports = { 'localhost:8100': page, 'localhost:8200': other, 'localhost:8300': third, '127.0.0.1:8200': foreign };
  const cases = readCases(fileURLToPath(new URL('../../conformance/verdicts/cases', import.meta.url)))
    .filter((found) => isPlayable(found))
    .map((found) => {
      let text = JSON.stringify({ ...found, observed: {} });
      for (const [host, origin] of Object.entries(ports)) text = text.replaceAll(host, new URL(origin).host);
      return JSON.parse(text) as VerdictCase;
    });
  expect(cases.length).toBeGreaterThan(45);
  expect(surprises(cases, await observe(cases))).toBe('');
}, 120_000);

/** The rig serves its page without policies, breaks no connection, and doesn't wait. */
function isPlayable({ page, request, redirects, target, response, then = [] }: VerdictCase): boolean {
  if (redirects !== undefined && hasUnsettledCookies(request)) return false;
  if (page.headers !== undefined || response.fault !== undefined) return false;
  return /:8[123]00$/.test(target.origin) && then.every(({ afterMs }) => afterMs < 1000);
}
