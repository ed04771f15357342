import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConsoleMessage } from '../../../src/cors/index.ts';
import type { Observation, VerdictCase } from '../../conformance/verdicts/case.ts';
import { ownCases, randomCases, surprises, type Observations } from '../../conformance/verdicts/live.ts';
import type { RigOrigins } from '../../conformance/verdicts/generate.ts';
import { startRig, type Rig } from '../../conformance/verdicts/rig.ts';
import { findFirefox, launchFirefox, type Firefox } from '../../fixtures/firefox.ts';

const CASES = 300;
const seed = Number(process.env['BROWSER_MODEL_SEED'] ?? Math.floor(Math.random() * 2 ** 32));

/** The console's own list is short: somebody has to listen. */
const LISTEN = `globalThis.heard = [];
globalThis.ear ??= { observe: (message) => message instanceof Ci.nsIScriptError && heard.push(message.errorMessage) };
Services.console.registerListener(ear);
''`;

const isThere = findFirefox() !== undefined;
// Nobody should take this for a suite that ran.
if (!isThere) console.warn('SKIPPED: Firefox is not installed, so the model is not held to it (package firefox-esr).');

describe.skipIf(!isThere)('the model', () => {
  let firefox: Firefox;
  let rig: Rig;

  beforeAll(async () => {
    [firefox, rig] = await Promise.all([launchFirefox(), startRig()]);
    await firefox.evaluateInBrowser(LISTEN);
  });

  afterAll(async () => {
    await firefox?.close();
    await rig?.close();
  });

  /** What Firefox makes of the cases, its console included. */
  async function observe(cases: readonly VerdictCase[]): Promise<Observations> {
    // A visit, so that the host has its cookie.
    await firefox.open(`${rig.origins.foreign}/frame`);
    await firefox.evaluateInBrowser("heard.length = 0; ''");
    const results = rig.plan([...warmUp(rig.origins), ...cases]);
    await firefox.open(rig.url);
    const observed = await results;
    await expect.poll(() => firefox.evaluate('document.title')).toBe('done');
    const heard = JSON.parse((await firefox.evaluateInBrowser('JSON.stringify(heard)')) ?? '') as string[];
    return new Map(
      cases.map(({ id }) => {
        const told = heard.filter((text) => /\/case\/([a-z]+-\d+)/.exec(text)?.[1] === id);
        return [id, { ...(observed.get(id) as Observation), console: withoutCompanions(told) }];
      }),
    );
  }

  it(`foresees what Firefox does in ${CASES} random situations (BROWSER_MODEL_SEED=${seed})`, async () => {
    console.log(`BROWSER_MODEL_SEED=${seed}, Firefox ${firefox.version}`);
    const cases = randomCases(seed, CASES, rig.origins);
    expect(surprises(cases, await observe(cases), 'firefox')).toBe('');
  }, 120_000);

  it('foresees what Firefox does in our own cases, as they say', async () => {
    const cases = ownCases(rig.origins);
    expect(cases.length).toBeGreaterThan(45);
    expect(surprises(cases, await observe(cases), 'firefox')).toBe('');
  }, 120_000);
});

/**
 * What a page's first preflights at another site grant, Firefox doesn't keep: seen in some ten requests, never with those
 * that come after.
 */
function warmUp({ page, foreign }: RigOrigins): VerdictCase[] {
  const request = { method: 'PUT', headers: [], credentials: 'omit', mode: 'cors' };
  // oxlint-disable-next-line unicorn/no-thenable -- the format calls it so
  const plan = { group: 'warm', request, target: { origin: foreign }, then: [{ afterMs: 0 }], observed: {} };
  return Array.from({ length: 40 }, (_, i) => {
    const from = i % 2 === 0 ? { origin: page } : ({ origin: 'null', frame: 'sandbox' } as const);
    const allow = ['Access-Control-Allow-Origin', from.origin] as const;
    const preflight = { status: 204, headers: [allow, ['Access-Control-Allow-Methods', 'PUT'] as const] };
    return { ...plan, id: `warm-${i}`, page: from, preflight, response: { status: 200, headers: [allow] } };
  });
}

/**
 * Without `CORS request did not succeed` where there are other messages: it goes along with every failed preflight. A
 * warning is none: the request goes on.
 */
function withoutCompanions(lines: readonly string[]): string[] {
  const codeOf = (line: string): string | undefined => readConsoleMessage('firefox', line)?.code;
  const says = (line: string): boolean => codeOf(line) !== 'no-response';
  return lines.some((line) => says(line) && codeOf(line) !== 'authorization-by-wildcard')
    ? lines.filter(says)
    : [...lines];
}
