import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Response as WorkerResponse } from 'miniflare';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleModule } from '../fixtures/edge/bundle.ts';
import { startWorker, type EdgeSite } from '../fixtures/edge/runtimes.ts';

const folder = new URL('../../examples/edge-worker/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const toml = read('wrangler.toml');
const setting = (name: string): string => new RegExp(`^${name} = "(.*)"$`, 'm').exec(toml)?.[1] ?? '';

const APP = setting('APP_ORIGIN');
const TOKEN = 'token-4711';

/** A request as GitHub sees it. */
interface Seen {
  readonly url: string;
  readonly authorization: string | null;
  readonly userAgent: string | null;
  readonly origin: string | null;
}

describe('examples/edge-worker', () => {
  const seen: Seen[] = [];
  let site: EdgeSite;

  beforeAll(async () => {
    const main = setting('main');
    const file = fileURLToPath(new URL(main, folder));
    site = await startWorker({
      contents: await bundleModule({ text: read(main), file }, { external: ['cloudflare:workers'], minify: true }),
      bindings: { APP_ORIGIN: APP, GITHUB_TOKEN: TOKEN },
      compatibilityDate: setting('compatibility_date'),
      outbound: ({ url, headers }) => {
        const value = (name: string): string | null => headers.get(name);
        seen.push({
          url,
          authorization: value('authorization'),
          userAgent: value('user-agent'),
          origin: value('origin'),
        });
        return new WorkerResponse('{"login":"octocat"}', { headers: { 'x-ratelimit-remaining': '4999' } });
      },
    });
  });
  afterAll(() => site?.close());

  const ask = (path: string, origin = APP): Promise<Response> =>
    fetch(`http://127.0.0.1:${site.port}${path}`, { headers: { origin } });

  it('asks GitHub with a token that the page never sees', async () => {
    const response = await ask('/github/users/octocat');
    expect(await response.json()).toEqual({ login: 'octocat' });
    expect(response.headers.get('access-control-allow-origin')).toBe(APP);
    expect(response.headers.get('x-ratelimit-remaining')).toBe('4999');
    expect(JSON.stringify([...response.headers])).not.toContain(TOKEN);
    expect(seen.splice(0)).toEqual([
      {
        url: 'https://api.github.com/users/octocat',
        authorization: `Bearer ${TOKEN}`,
        userAgent: 'guarded-apis',
        origin: null,
      },
    ]);
  });

  // The commands of the README, with what it says that comes of them.
  const commands = [...read('README.md').matchAll(/^curl .*'Origin: (\S+)' \S+?:\d+(\/\S+) +# (\d+),? ?(.*)$/gm)];

  it('has three commands to try', () => expect(commands).toHaveLength(3));

  it.each(
    commands.map(([, origin = '', path = '', status, said = '']) => [origin, path, Number(status), said] as const),
  )('says to %s, who asks for %s: %i %s', async (origin, path, status, said) => {
    const response = await ask(path, origin);
    expect(response.status).toBe(status);
    const text = await response.text();
    if (said.startsWith('guard-')) expect(text).toContain(said);
    seen.length = 0;
  });

  it('asks nobody for what is not allowed', async () => {
    await ask('/github/user/repos');
    await ask('/github/users/octocat', 'https://evil.example');
    expect(seen).toEqual([]);
  });

  it('is well', async () => {
    expect((await ask('/health')).status).toBe(204);
  });

  it('does not begin without its token, and says how to give it', async () => {
    const file = fileURLToPath(new URL('src/index.ts', folder));
    const contents = await bundleModule({ text: read('src/index.ts'), file }, { external: ['cloudflare:workers'] });
    await expect(startWorker({ contents, bindings: { APP_ORIGIN: APP } })).rejects.toThrow();
  });
});
