import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Hono } from 'hono';
import {
  createEdgeHandler,
  EdgeConfigError,
  type Config,
  type EdgeHandler,
  type EdgeOptions,
} from '../../src/edge/index.ts';
import { edgeCatalogue } from '../../src/diagnostics/catalogue/edge.ts';
import { bundleModule } from '../fixtures/edge/bundle.ts';
import { serveFetch } from '../fixtures/edge/fetch-server.ts';
import { findBinary, startProgram, startWorker, type EdgeSite } from '../fixtures/edge/runtimes.ts';
import { serve, type TestServer } from '../fixtures/servers.ts';
import { CLI, start } from '../fixtures/running.ts';
import { makeTempFolder, type TempFolder } from '../fixtures/temp-folder.ts';

const page = readFileSync(new URL('../../docs/edge.md', import.meta.url), 'utf8');

/** The first piece of code below a heading; of the page's beginning for ''. */
function codeBelow(heading: string, language: string): string {
  const from = heading === '' ? 0 : page.indexOf(`\n## ${heading}\n`);
  const [, code = ''] = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(page.slice(from)) ?? [];
  return code;
}

const APP = 'https://app.example.com';
const TOKEN = 'token-4711';
let api: TestServer;
let folder: TempFolder;

beforeAll(async () => {
  api = await serve(({ url, headers }, response) => {
    response.end(JSON.stringify({ url, authorization: headers.authorization === `Bearer ${TOKEN}` }));
  });
  // The API stands here, where a guard goes only if it's told to.
  const here = `"target": "http://127.0.0.1:${api.port}", "allowPrivate": "127.0.0.1"`;
  const config = codeBelow('', 'json').replace('"target": "https://api.github.com"', here);
  folder = makeTempFolder({ 'oneorigin.json': config });
});

afterAll(async () => {
  await api.close();
  folder.remove();
});

/** A program of the page in one file, beside the config, wherever that stands in the project it's from. */
function programOf(heading: string): Promise<string> {
  const text = codeBelow(heading, 'ts')
    .replace('npm:oneorigin', 'oneorigin')
    .replace(/'[./]+oneorigin\.json'/, "'./oneorigin.json'");
  return bundleModule({ text, file: `${folder.path}/main.ts` }, { external: ['cloudflare:workers'] });
}

/** What a page reads of a site that guards GitHub, as all of the page's programs do. */
async function expectGuarded(site: Pick<EdgeSite, 'port'>): Promise<void> {
  const url = (path: string): string => `http://127.0.0.1:${site.port}${path}`;
  const allowed = await fetch(url('/github/users/octocat'), { headers: { origin: APP } });
  expect(allowed.headers.get('access-control-allow-origin')).toBe(APP);
  expect(await allowed.json()).toEqual({ url: '/users/octocat', authorization: true });
  const refused = await fetch(url('/github/user/repos'), { headers: { origin: APP } });
  expect(await refused.json()).toMatchObject({ code: 'guard-not-allowed' });
  const preflight = await fetch(url('/github/users/octocat'), {
    method: 'OPTIONS',
    headers: { origin: APP, 'access-control-request-method': 'GET', 'access-control-request-headers': 'x-a' },
  });
  expect([preflight.status, preflight.headers.get('content-type')]).toEqual([403, 'application/problem+json']);
}

/** A module's exports, loaded from its text. */
async function load<T>(code: string): Promise<T> {
  process.env['GITHUB_TOKEN'] = TOKEN;
  try {
    return (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as T;
  } finally {
    delete process.env['GITHUB_TOKEN'];
  }
}

describe('the programs of docs/edge.md', () => {
  const play = async (site: EdgeSite): Promise<void> => {
    try {
      await expectGuarded(site);
    } finally {
      await site.close();
    }
  };

  it('the Worker', async () => {
    await play(
      await startWorker({ contents: await programOf('Cloudflare Workers'), bindings: { GITHUB_TOKEN: TOKEN } }),
    );
  });

  it('with Deno', async () => {
    // Where it listens is said by Deno itself; any free port will do here.
    const text = (await programOf('Deno')).replace(
      'Deno.serve(',
      'Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: (at) => console.log("port " + at.port) }, ',
    );
    const args = ['run', '--no-config', '--allow-net', '--allow-env'];
    await play(
      await startProgram(findBinary('@deno', 'deno', 'deno/deno'), args, { text, env: { GITHUB_TOKEN: TOKEN } }),
    );
  });

  it('with Bun', async () => {
    const text = (await programOf('Bun')).replace(
      /Bun\.serve\((\{[^]*\})\)/,
      'console.log("port " + Bun.serve({ port: 0, ...($1) }).port)',
    );
    await play(
      await startProgram(findBinary('@oven', 'bin/bun', 'bun/bin/bun.exe'), ['run'], {
        text,
        env: { GITHUB_TOKEN: TOKEN },
      }),
    );
  });

  it('the Next route', async () => {
    const route = await load<Readonly<Record<string, EdgeHandler>>>(await programOf('Next'));
    const server = await serveFetch(
      (request) => route[request.method]?.(request) ?? new Response(null, { status: 405 }),
    );
    await play({ ...server, log: () => '' });
  });

  it('the Hono app', async () => {
    const { default: app } = await load<{ readonly default: Hono }>(await programOf('Hono'));
    const server = await serveFetch((request) => app.fetch(request));
    await play({ ...server, log: () => '' });
  });

  it('the config is what the gateway takes', async () => {
    folder.write(
      'gateway.json',
      readFileSync(`${folder.path}/oneorigin.json`, 'utf8').replace('{', '{ "listen": "127.0.0.1:0",'),
    );
    const options = { until: /listens on \S+?:(\d+)/, cwd: folder.path, env: { GITHUB_TOKEN: TOKEN } };
    const gateway = await start(CLI, ['serve', '-c', 'gateway.json'], options);
    await expectGuarded({ port: Number(gateway.match[1]) });
    await gateway.stop();
  });
});

describe('the tables of docs/edge.md', () => {
  const rows = [...page.matchAll(/^\| (.*?) \|/gm)].map(([, cell = '']) => cell);

  // The compiler holds these against the type.
  const OPTIONS: Readonly<Record<keyof EdgeOptions, true>> = {
    env: true,
    clientAddress: true,
    fetch: true,
    onProblem: true,
    onReport: true,
  };

  it('have every option, and no other', () => {
    const [, table = ''] = /\| option \|[^\n]*\n\|---[^\n]*\n([^]*?)\n\n/.exec(page) ?? [];
    const documented = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name ?? '');
    expect(documented.toSorted()).toEqual(Object.keys(OPTIONS).toSorted());
  });

  it('have every code that only the edge knows', () => {
    for (const code of Object.keys(edgeCatalogue).filter((name) => name !== 'edge-variable-unset')) {
      expect(page).toContain(`\`${code}\``);
    }
  });

  it('say of every key of a config what comes of it', () => {
    const schema = JSON.parse(readFileSync(new URL('../../schema.json', import.meta.url), 'utf8')) as {
      readonly properties: object;
    };
    const said = rows.join(' ');
    for (const key of Object.keys(schema.properties).filter((name) => name !== '$schema'))
      expect(said, key).toContain(`\`${key}\``);
  });

  it('are right about what is an error', () => {
    const guard = { target: 'https://api.example.com', allow: 'GET /**' };
    const wrong: readonly Config['routes'][number][] = [
      { proxy: 'http://10.0.0.1' },
      { files: '.' },
      { guard: { ...guard, resolver: '127.0.0.1' } },
      { guard: { ...guard, tls: { ca: 'ca.pem' } } },
      { guard: { dangerouslyAllowAnyTarget: true } },
      { guard: { ...guard, rateLimit: { requests: 1, per: '1m' } } },
    ];
    for (const route of wrong) expect(() => createEdgeHandler({ routes: [route] })).toThrow(EdgeConfigError);
  });
});
