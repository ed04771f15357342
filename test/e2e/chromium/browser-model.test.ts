import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Observation, VerdictCase } from '../../conformance/verdicts/case.ts';
import { ownCases, randomCases, surprises, type Observations } from '../../conformance/verdicts/live.ts';
import { startRig, type Rig } from '../../conformance/verdicts/rig.ts';
import { launchChromium } from '../../fixtures/browser.ts';

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
async function observe(cases: readonly VerdictCase[]): Promise<Observations> {
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

it(`foresees what Chromium does in ${CASES} random situations (BROWSER_MODEL_SEED=${seed})`, async () => {
  console.log(`BROWSER_MODEL_SEED=${seed}`);
  const cases = randomCases(seed, CASES, rig.origins);
  expect(surprises(cases, await observe(cases), 'chromium')).toBe('');
}, 120_000);

it('foresees what Chromium does in our own cases, as they say', async () => {
  const cases = ownCases(rig.origins);
  expect(cases.length).toBeGreaterThan(45);
  expect(surprises(cases, await observe(cases), 'chromium')).toBe('');
}, 120_000);
