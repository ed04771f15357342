import { fileURLToPath } from 'node:url';
import type { Observation, RecordedEngine, VerdictCase } from './case.ts';
import { compareCase } from './compare.ts';
import { generateCase, hasUnsettledCookies, type RigOrigins } from './generate.ts';
import { readCases } from './report.ts';
import { Random } from '../../fixtures/random.ts';

/** What a live browser did in the cases, by their ids. */
export type Observations = ReadonlyMap<string, Observation>;

/** As many random situations; the same ones for the same seed. */
export function randomCases(seed: number, count: number, origins: RigOrigins): VerdictCase[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, i) => generateCase(random, origins, i));
}

/** Our own cases, as far as a rig can play them: it serves its page without policies, breaks no connection, and doesn't wait. */
export function ownCases({ page, other, third, foreign }: RigOrigins): VerdictCase[] {
  const ports = { 'localhost:8100': page, 'localhost:8200': other, 'localhost:8300': third, '127.0.0.1:8200': foreign };
  return readCases(fileURLToPath(new URL('cases', import.meta.url)))
    .filter((found) => isPlayable(found))
    .map((found) => {
      let text = JSON.stringify({ ...found, observed: {} });
      for (const [host, origin] of Object.entries(ports)) text = text.replaceAll(host, new URL(origin).host);
      return JSON.parse(text) as VerdictCase;
    });
}

function isPlayable({ page, request, redirects, target, response, then = [] }: VerdictCase): boolean {
  if (redirects !== undefined && hasUnsettledCookies(request)) return false;
  if (page.headers !== undefined || response.fault !== undefined) return false;
  return /:8[123]00$/.test(target.origin) && then.every(({ afterMs }) => afterMs < 1000);
}

/** The cases in which the browser does something else than the model foresees, one a paragraph; empty if there are none. */
export function surprises(cases: readonly VerdictCase[], observed: Observations, engine: RecordedEngine): string {
  const wrong = cases.flatMap((found) => {
    const seen = { ...found, observed: { [engine]: observed.get(found.id) as Observation } };
    const { disagreements } = compareCase(seen, engine);
    return disagreements.length === 0 ? [] : [JSON.stringify({ found, disagreements }, undefined, 1)];
  });
  return wrong.join('\n');
}
