import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { simulate } from '../../../src/cli/simulate.ts';
import type { SimulatedRequest } from '../../../src/cli/simulation.ts';
import { resolveConfig, type Config, type Model } from '../../../src/config/index.ts';
import { examine, type Diagnosis } from '../../../src/doctor/index.ts';
import { createGateway } from '../../../src/gateway/index.ts';
import { countOf, Random, seedOf } from '../../fixtures/random.ts';
import { serve, type TestServer } from '../../fixtures/servers.ts';
import { makeTempFolder, type TempFolder } from '../../fixtures/temp-folder.ts';
import { asksOnlyHere, differences } from './compare.ts';
import { generateConfig, generateRequest, ownHeaders, type World } from './generate.ts';

/** Requests that are asked of each config's gateway. */
const PER_CONFIG = 15;
const COUNT = Math.max(600, countOf(600));

let upstream: TestServer;
let elsewhere: TestServer;
let folder: TempFolder;
let world: World;

/** Answers of servers that no config speaks for: the same for the same method and path. */
const answer: RequestListener = ({ method = '', url = '' }, response) => {
  const random = new Random(
    [...`${method} ${url.replace(/[?].*/, '')}`].reduce((sum, char) => sum * 31 + char.charCodeAt(0), 7),
  );
  response.writeHead(random.pick([200, 200, 204, 302, 401, 404, 500]), { ...ownHeaders(random), Location: '/d' }).end();
};

beforeAll(async () => {
  [upstream, elsewhere] = await Promise.all([serve(answer), serve(answer)]);
  folder = makeTempFolder({ 'index.html': 'x', 'a/x': 'x' });
  world = {
    upstream: `http://127.0.0.1:${upstream.port}`,
    elsewhere: `http://127.0.0.1:${elsewhere.port}`,
    down: 'http://127.0.0.1:9',
    files: folder.path,
  };
});
afterAll(async () => {
  await Promise.all([upstream.close(), elsewhere.close()]);
  folder.remove();
});

/** A config that is valid. */
function validConfig(random: Random): { config: Config; model: Model } {
  for (;;) {
    const config = generateConfig(random, world);
    const result = resolveConfig(config);
    if ('model' in result) return { config, model: result.model };
  }
}

function ask({ origin, method, target, headers, credentials, gateway }: SimulatedRequest): Promise<Diagnosis> {
  return examine({ url: gateway + target, origin, method, headers, credentials, mode: 'cors', send: true });
}

it(`check and doctor agree on ${COUNT} requests`, { timeout: 600_000 }, async () => {
  const seed = seedOf();
  const random = new Random(seed);
  const found: string[] = [];
  const outcomes: Record<string, number> = {};
  // Of those that are blocked, how many are compared to the very code.
  let codes = 0;
  for (let done = 0; done < COUNT;) {
    const { config, model } = validConfig(random);
    const gateway = createGateway(model);
    const [address] = await gateway.listen();
    for (let asked = 0; asked < PER_CONFIG && done < COUNT; asked++, done++) {
      const request = generateRequest(random, address?.url ?? '');
      const told = simulate(model, request);
      const diagnosis = await ask(request);
      const differ = differences(told, diagnosis, model);
      if (told.outcome === 'blocked' && asksOnlyHere(told, diagnosis, model)) codes++;
      outcomes[told.outcome] = (outcomes[told.outcome] ?? 0) + 1;
      if (differ.length > 0) found.push([...differ, JSON.stringify(request), JSON.stringify(config)].join('\n'));
    }
    await gateway.close({ deadline: 0 });
  }
  expect(found.slice(0, 10).join('\n\n'), `FUZZ_SEED=${seed}: ${found.length} differ`).toBe('');
  // Neither of them may say the same of everything.
  for (const outcome of ['readable', 'blocked', 'upstream-decides', 'elsewhere-decides']) {
    expect(outcomes[outcome] ?? 0, `${outcome}, FUZZ_SEED=${seed}`).toBeGreaterThan(0);
  }
  expect(codes, `codes, FUZZ_SEED=${seed}`).toBeGreaterThan(COUNT / 20);
});
