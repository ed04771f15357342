import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createEdgeHandler, type Config, type EdgeHandler } from '../../src/edge/index.ts';
import { createGateway, loadConfig, type Gateway } from '../../src/index.ts';
import { problemCatalogue } from '../../src/diagnostics/catalogue/problems.ts';
import { launchChromium, openProbe, servePages, type ProbePage } from '../fixtures/browser.ts';
import { startDnsServer, type DnsServer } from '../fixtures/dns-server.ts';
import type { TestServer } from '../fixtures/servers.ts';
import { makeTempFolder, type TempFolder } from '../fixtures/temp-folder.ts';
import { startThirdParty, type ThirdParty } from '../fixtures/third-party.ts';

const guide = readFileSync(new URL('../../docs/guard.md', import.meta.url), 'utf8');
const schema = JSON.parse(readFileSync(new URL('../../schema.json', import.meta.url), 'utf8')) as {
  readonly definitions: Readonly<
    Record<string, { readonly properties?: Readonly<Record<string, { description?: string }>> }>
  >;
};

/** The part of the page below a heading. */
function section(heading: string): string {
  const [, text = ''] = new RegExp(`^##+ ${heading}\n([^]*?)(?=^##? |$(?![^]))`, 'm').exec(guide) ?? [];
  if (text === '') throw new Error(`docs/guard.md has no ${heading}`);
  return text;
}

/** The pieces of code of that language below a heading. */
function code(heading: string, language: string): string[] {
  return [...section(heading).matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map(
    (match) => match[1] ?? '',
  );
}

describe('docs/guard.md', () => {
  const rows = [...guide.matchAll(/^\| `([\w-]+)` \|(.*)\|$/gm)].map(([, name = '', rest = '']) => ({ name, rest }));
  const options = schema.definitions['GuardOptions']?.properties ?? {};

  it.each(Object.entries(options))('tells of %s, and its default', (name, { description = '' }) => {
    const row = rows.find((each) => each.name === name);
    expect(row).toBeDefined();
    const value = /Default: `([^`]+)`/.exec(description)?.[1];
    if (value !== undefined) expect(row?.rest.split('|').at(-1)?.trim()).toBe(`\`${value}\``);
  });

  it('tells of every error that a guard answers, with its status, and of no other', () => {
    const told = [...section('Errors').matchAll(/^\| `([\w-]+)` \| (\d{3}) \|/gm)].map(([, name = '', status]) => [
      name,
      Number(status),
    ]);
    const catalogue: Readonly<Record<string, { readonly status: number }>> = problemCatalogue;
    for (const [name, status] of told) expect([name, catalogue[name as string]?.status]).toEqual([name, status]);
    const ours = Object.keys(catalogue).filter((name) =>
      /^(?:guard-|rate-limited|response-too-large|upstream-)/.test(name),
    );
    expect(ours.filter((name) => !section('Errors').includes(`\`${name}\``))).toEqual([]);
  });
});

const ENV = { GITHUB_TOKEN: 'github-secret', OPENAI_API_KEY: 'openai-secret', API_KEY: 'worker-secret' };
const HOSTS = [
  'api.github.com',
  'api.openai.com',
  'data.sec.gov',
  'api.example.com',
  'www.example.com',
  'a.example.org',
];

let browser: Browser;
let third: ThirdParty;
let dns: DnsServer;
let pages: TestServer;
let page: ProbePage;
let folder: TempFolder;
/** Streams that were asked for and that the test writes. */
const streams: ServerResponse[] = [];

beforeAll(async () => {
  [browser, third, dns, pages] = await Promise.all([
    launchChromium(),
    startThirdParty({ names: HOSTS, handler: answer }),
    startDnsServer({ '*': { a: ['127.0.0.1'] } }),
    servePages(),
  ]);
  folder = makeTempFolder({ 'ca.pem': readFileSync(third.ca) });
  page = await openProbe(browser, pages.origin);
});
afterAll(async () => {
  await browser.close();
  await Promise.all([third.close(), dns.close(), pages.close()]);
  folder.remove();
});

/** The parts of the third parties, as far as the examples go. */
function answer({ method, url = '', headers }: IncomingMessage, response: ServerResponse): void {
  const json = (status: number, value: unknown, more = {}): void => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...more }).end(JSON.stringify(value));
  };
  const host = headers.host?.replace(/:\d+$/, '');
  if (host === 'api.github.com') {
    const isKnown =
      headers.authorization === `Bearer ${ENV.GITHUB_TOKEN}` && headers['x-github-api-version'] !== undefined;
    if (!isKnown) return json(401, { message: 'Bad credentials' });
    return json(
      200,
      { full_name: url.replace('/repos/', ''), stargazers_count: 112_000 },
      { 'X-RateLimit-Remaining': '4999' },
    );
  }
  if (host === 'api.openai.com') {
    const isKnown = headers.authorization === `Bearer ${ENV.OPENAI_API_KEY}`;
    if (method !== 'POST' || url !== '/v1/chat/completions' || !isKnown) return json(401, { error: 'invalid_api_key' });
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.flushHeaders();
    return void streams.push(response);
  }
  if (host === 'data.sec.gov') {
    if (headers['user-agent']?.includes('@') !== true) return json(403, { error: 'Undeclared automated tool' });
    return json(200, { name: 'Apple Inc.', tickers: ['AAPL'] });
  }
  if (headers.authorization !== undefined && headers.authorization !== `Bearer ${ENV.API_KEY}`) return json(401, {});
  json(200, { host, url });
}

/** Runs a config of the page: third parties are the local one, pages' origins that of the local page. */
async function run(text: string): Promise<{ readonly gateway: Gateway; readonly origin: string }> {
  const config = parse(text) as Record<string, unknown> & { routes: { guard: Record<string, unknown> }[] };
  for (const { guard } of config.routes) {
    Object.assign(guard, { resolver: dns.address, allowPrivate: ['127.0.0.1'], tls: { ca: './ca.pem' } });
  }
  const local = JSON.stringify({ ...config, listen: '127.0.0.1:0' })
    .replaceAll(/https:\/\/app\.example\.com|http:\/\/localhost:3000/g, pages.origin)
    .replaceAll(
      new RegExp(`"(?:https://)?((?:\\*\\.)?(?:${HOSTS.join('|')}|example\\.org))(?=["/])`, 'g'),
      `"https://$1:${third.port}`,
    );
  const loaded = await loadConfig(folder.write('oneorigin.json', local), { env: ENV });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  const gateway = createGateway(loaded.model, { log: { write: () => true } });
  const [address] = await gateway.listen();
  return { gateway, origin: `http://localhost:${address?.port}` };
}

/** Starts a program of the page's in a browser's; what it prints is collected there. */
async function play(program: string, origin: string): Promise<() => Promise<string>> {
  const local = program.replaceAll('https://gateway.example.com', origin);
  await page.page.evaluate(`(() => {
    window.printed = '';
    const print = (...values) => { printed += values.join(' ') + '\\n'; };
    (async () => { ${local} })().catch((error) => print(error));
  })()`);
  return () => page.page.evaluate<string>('printed');
}

describe('an example of docs/guard.md does in a browser what the page says', () => {
  it.each(['A REST API with a key', 'A public dataset without CORS'])('%s', async (heading) => {
    const [config = '', program = '', shown = ''] = ['yaml', 'js', 'text'].map(
      (language) => code(heading, language)[0],
    );
    const { gateway, origin } = await run(config);
    const printed = await play(program, origin);
    await expect.poll(printed).toBe(shown);
    await gateway.close();
  });

  it("An LLM's API, streamed: each token is printed before the next is sent", async () => {
    const heading = "An LLM's API, streamed";
    const [config = '', program = '', shown = ''] = ['yaml', 'js', 'text'].map(
      (language) => code(heading, language)[0],
    );
    const { gateway, origin } = await run(config);
    const printed = await play(program, origin);
    await expect.poll(() => streams.length).toBe(1);
    const [stream] = streams as [ServerResponse];
    const send = (content: string): boolean =>
      stream.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
    const lines = shown.trimEnd().split('\n');
    for (const [index, line] of lines.entries()) {
      send(line.slice(lines[index - 1]?.length ?? 0));
      await expect.poll(printed).toBe(`${lines.slice(0, index + 1).join('\n')}\n`);
    }
    stream.end('data: [DONE]\n\n');
    const { prompt, messages } = JSON.parse((await third.seen.at(-1)?.body)?.text ?? '') as Record<string, unknown>;
    expect([prompt, messages]).toEqual([undefined, [{ role: 'user', content: 'Count to three.' }]]);
    await gateway.close();
  });
});

describe('after a migration', () => {
  it('from cors-anywhere the URLs are the same, and so are the lists', async () => {
    const [config = ''] = code('From cors-anywhere', 'yaml');
    const { gateway, origin } = await run(config);
    const ask = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> => {
      const { status, body = '' } = await page.probe(origin + path, { headers });
      const { code: problem, ...rest } = JSON.parse(body) as { code?: string };
      return problem ?? [status, rest];
    };
    const at = `:${third.port}/v1?a=b`;
    const reached = (host: string): unknown => [200, { host, url: '/v1?a=b' }];
    expect(await ask(`/https://api.example.com${at}`)).toEqual(reached('api.example.com'));
    expect(await ask(`/api.example.com${at}`, { 'x-requested-with': 'XMLHttpRequest' })).toEqual(
      reached('api.example.com'),
    );
    expect(await ask(`/https://a.example.org${at}`)).toEqual(reached('a.example.org'));
    expect(await ask(`/https://evil.test${at}`)).toBe('guard-host-refused');
    const direct = async (headers: Readonly<Record<string, string>>): Promise<number> =>
      (await fetch(`${origin}/https://api.example.com${at}`, { headers })).status;
    expect(await direct({})).toBe(403);
    expect(await direct({ Origin: 'https://old.example.com' })).toBe(403);
    expect(await direct({ Origin: 'https://other.example.com' })).toBe(403);
    // Three were passed on, of 50 an hour.
    for (let i = 3; i < 50; i++) expect(await direct({ Origin: pages.origin })).toBe(200);
    expect(await direct({ Origin: pages.origin })).toBe(429);
    await gateway.close();
  });

  it('from local-cors-proxy the URL is the same', async () => {
    const [config = ''] = code('From local-cors-proxy', 'yaml');
    const { gateway, origin } = await run(config);
    const finding = await page.probe(`${origin}/proxy/movies/list`);
    expect([finding.status, finding.body]).toEqual([200, '{"host":"www.example.com","url":"/movies/list"}']);
    expect((await page.probe(`${origin}/proxy/movies`, { method: 'POST', body: 'x' })).status).toBe(200);
    await gateway.close();
  });

  it('from a Worker the answer is the same, but only for listed pages and paths', async () => {
    const [config = ''] = code('From a Worker of your own', 'yaml');
    const [worker = '', after = ''] = code('From a Worker of your own', 'js');
    const asked: Request[] = [];
    const pretend = (url: string, init: RequestInit): Promise<Response> => {
      asked.push(new Request(url, init));
      return Promise.resolve(Response.json({ host: 'api.example.com', url: '/v1/items?a=b' }));
    };
    const before = (
      new Function('fetch', worker.replace('export default', 'return'))(pretend) as {
        fetch(request: Request, env: object): Promise<Response>;
      }
    ).fetch(new Request('https://worker.test/v1/items?a=b'), ENV);
    const { gateway, origin } = await run(config);
    const finding = await page.probe(`${origin}/v1/items?a=b`);
    expect([finding.status, finding.body]).toEqual([200, await (await before).text()]);
    expect(third.seen.at(-1)?.headers.authorization).toBe(asked[0]?.headers.get('authorization'));
    expect(third.seen.at(-1)?.url).toBe('/v1/items?a=b');
    expect((await before).headers.get('access-control-allow-origin')).toBe('*');
    expect((await page.probe(`${origin}/admin`)).status).toBe(403);
    expect((await fetch(`${origin}/v1/items`, { headers: { Origin: 'https://evil.example' } })).status).toBe(403);
    await gateway.close();
    // And as it stays a Worker.
    const make = (own: Config, options: object): EdgeHandler => createEdgeHandler(own, { ...options, fetch: pretend });
    const program = after.replaceAll(/^import .*$/gm, '').replace('export default', 'return');
    const edge = new Function('createEdgeHandler', 'env', program)(make, ENV) as { fetch: EdgeHandler };
    const request = (path: string, from: string): Request =>
      new Request(`https://worker.test${path}`, { headers: { Origin: from } });
    const answer = await edge.fetch(request('/v1/items?a=b', 'https://app.example.com'));
    expect([answer.status, await answer.text()]).toEqual([200, finding.body]);
    expect(asked.at(-1)?.headers.get('authorization')).toBe(`Bearer ${ENV.API_KEY}`);
    expect((await edge.fetch(request('/admin', 'https://app.example.com'))).status).toBe(403);
    expect((await edge.fetch(request('/v1/items', 'https://evil.example'))).status).toBe(403);
    expect(asked).toHaveLength(2);
  });
});
