import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { createGateway, type AccessRecord, type Config, type Gateway } from '../../../src/index.ts';
import { launchChromium, openProbe, servePages, type Finding, type Probe } from '../../fixtures/browser.ts';
import { serve, type TestServer } from '../../fixtures/servers.ts';

let browser: Browser;
let pages: TestServer;
let upstream: TestServer;

beforeAll(async () => {
  [browser, pages, upstream] = await Promise.all([
    launchChromium(),
    servePages(),
    serve((request, response) => {
      // An API with a policy of its own, which knows nobody.
      response.setHeader('Access-Control-Allow-Origin', 'https://elsewhere.example');
      response.end(request.method);
    }),
  ]);
});
afterAll(async () => {
  await browser.close();
  await Promise.all([pages.close(), upstream.close()]);
});

let gateway: Gateway | undefined;
afterEach(() => gateway?.close({ deadline: 0 }));

/** What a page of a fresh profile, with a cookie for the gateway, gets to know, and what the log says of it. */
async function ask(config: Config, probe: Probe): Promise<{ got: Finding; records: AccessRecord[] }> {
  const records: AccessRecord[] = [];
  await gateway?.close({ deadline: 0 });
  gateway = createGateway(config, { onExchange: (record) => records.push(record) });
  const [address] = await gateway.listen();
  const page = await openProbe(browser, pages.origin);
  await page.context.addCookies([{ name: 'sid', value: 'hush', domain: 'localhost', path: '/' }]);
  const url = `http://localhost:${address?.port}/api/users`;
  let got = await page.probe(url, probe);
  if (got.failure !== undefined && !records.some(({ finding }) => finding !== undefined)) {
    // The gateway can't know what is missing before the page asks again, see docs/logging.md.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    got = await page.probe(url, probe);
  }
  await page.close();
  return { got, records };
}

/** Does with a config, as text, what the finding says: puts the option that it names where its key says. */
function mended(config: Config, { finding }: AccessRecord): Config {
  if (finding?.key === undefined) throw new Error(`There is no mend in the config: ${JSON.stringify(finding)}`);
  const origin = /add `([^`]*)` to `origins`/.exec(finding.mend)?.[1];
  const option = /(?<=`)(?:cors|methods|headers|credentials): [^`]*/.exec(finding.mend)?.[0];
  const written = origin === undefined ? (option ?? '') : `origins: ['${origin}']`;
  const path = finding.key.split(/[.[\]]+/).filter((part) => part !== '');
  const copy = parse(stringify(config)) as Record<string, unknown>;
  let at = copy;
  for (const part of path.slice(0, -1)) at = at[part] as Record<string, unknown>;
  return Object.assign(copy, (Object.assign(at, parse(written)), {})) as unknown as Config;
}

/** What a page asks for, and how often the log has to be read until it gets it. */
const CASES: readonly (readonly [what: string, cors: Config['cors'], route: string | undefined, probe: Probe])[] = [
  ['a simple request to a route without a policy', undefined, undefined, {}],
  ['a preflight that an upstream spoils', undefined, undefined, { method: 'PUT', headers: { 'X-Token': '1' } }],
  ['cookies, to a route without a policy', undefined, undefined, { method: 'PUT', credentials: 'include' }],
  ['an origin that the policy does not know', { a: { origins: 'https://a.test' } }, 'a', {}],
  ['a method and a header', { a: { origins: 'PAGE' } }, 'a', { method: 'PUT', headers: { 'X-Token': '1' } }],
  ['credentials', { a: { origins: 'PAGE' } }, 'a', { credentials: 'include' }],
];

describe('Chromium blocks it, the log says why, the config does as it says, and the page reads', () => {
  it.each(CASES)('%s', async (_, cors, route, probe) => {
    const proxy = `http://127.0.0.1:${upstream.port}`;
    let config = {
      listen: '127.0.0.1:0',
      explain: true,
      log: { access: 'off' },
      ...(cors === undefined ? {} : { cors: JSON.parse(JSON.stringify(cors).replace('PAGE', pages.origin)) as object }),
      routes: [{ path: '/api/*', proxy, ...(route === undefined ? {} : { cors: route }) }],
    } as unknown as Config;
    const codes: string[] = [];
    for (;;) {
      const { got, records } = await ask(config, probe);
      const found = records.find(({ finding }) => finding !== undefined);
      expect(JSON.stringify(records)).not.toContain('hush');
      if (found === undefined) {
        expect(got).toMatchObject({ status: 200, body: probe.method ?? 'GET' });
        break;
      }
      expect(got.failure).toBe('TypeError');
      codes.push(found.finding?.code ?? '');
      config = mended(config, found);
      expect(codes.length).toBeLessThan(5);
    }
    expect(codes).not.toEqual([]);
  });
});
