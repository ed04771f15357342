import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findProgram } from '../fixtures/programs.ts';
import { serve, startGateway, type TestGateway, type TestServer } from '../fixtures/servers.ts';
import { makeTempFolder, type TempFolder } from '../fixtures/temp-folder.ts';

const A = 'https://a.example.com';
const B = 'https://b.example.com';
const EVIL = 'https://evil.test';

let upstream: TestServer;
let gateway: TestGateway;
let folder: TempFolder;
let nginx: ChildProcess;
let port: number;

beforeAll(async () => {
  upstream = await serve((_request, response) => {
    response.writeHead(200, { 'Cache-Control': 'public, max-age=60', Vary: 'Accept-Language' }).end('body');
  });
  gateway = await startGateway({
    routes: [
      { path: '/two/*', proxy: `http://127.0.0.1:${upstream.port}`, cors: { origins: [A, B], credentials: true } },
      { path: '/one/*', proxy: `http://127.0.0.1:${upstream.port}`, cors: { origins: A } },
      { path: '/all/*', proxy: `http://127.0.0.1:${upstream.port}`, cors: { origins: '*' } },
    ],
  });
  const free = await serve(() => {});
  port = free.port;
  await free.close();
  folder = makeTempFolder();
  nginx = startNginx(folder, port, gateway.port);
  await vi.waitUntil(() => fetch(`http://127.0.0.1:${port}/`).catch(() => false), { timeout: 10_000 });
});

afterAll(async () => {
  nginx.kill('SIGTERM');
  await once(nginx, 'exit');
  await Promise.all([gateway.close(), upstream.close()]);
  folder.remove();
});

/** An nginx that keeps what it's told it may, in one process and in one folder. */
function startNginx({ path, write }: TempFolder, listen: number, target: number): ChildProcess {
  const config = write(
    'nginx.conf',
    `daemon off; master_process off; pid ${path}/nginx.pid; error_log ${path}/error.log;
     events {}
     http {
       access_log off;
       ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${path}/${kind};`).join('\n')}
       proxy_cache_path ${path}/cache keys_zone=cache:1m;
       server {
         listen 127.0.0.1:${listen};
         location / {
           proxy_pass http://127.0.0.1:${target};
           proxy_cache cache;
           add_header X-Cache $upstream_cache_status always;
         }
       }
     }`,
  );
  return spawn(findProgram('nginx'), ['-p', path, '-c', config, '-e', `${path}/error.log`], { stdio: 'ignore' });
}

/** What a browser of that origin would be told, and whether the cache said so. */
async function ask(
  path: string,
  origin?: string,
): Promise<{ acao: string | null; cache: string | null; body: string }> {
  const headers = origin === undefined ? {} : { Origin: origin };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
  return {
    acao: response.headers.get('access-control-allow-origin'),
    cache: response.headers.get('x-cache'),
    body: await response.text(),
  };
}

const MISS = { cache: 'MISS', body: 'body' };
const HIT = { cache: 'HIT', body: 'body' };

describe('behind a cache that keeps responses', () => {
  it('each of two origins gets its own answer of one URL, from the cache too', async () => {
    expect(await ask('/two/a', A)).toEqual({ ...MISS, acao: A });
    expect(await ask('/two/a', B)).toEqual({ ...MISS, acao: B });
    expect(await ask('/two/a', A)).toEqual({ ...HIT, acao: A });
    expect(await ask('/two/a', B)).toEqual({ ...HIT, acao: B });
  });

  it.each(['/two/image', '/one/image'])(
    'a load without an origin first doesn’t block a fetch afterwards (%s)',
    async (path) => {
      expect(await ask(path)).toEqual({ ...MISS, acao: null });
      expect(await ask(path)).toEqual({ ...HIT, acao: null });
      expect(await ask(path, A)).toEqual({ ...MISS, acao: A });
    },
  );

  it.each(['/two/evil', '/one/evil'])('a refused origin poisons nobody’s answer (%s)', async (path) => {
    expect((await ask(path, EVIL)).acao).toBeNull();
    expect((await ask(path, A)).acao).toBe(A);
    expect((await ask(path, EVIL)).acao).toBeNull();
    expect((await ask(path, A)).acao).toBe(A);
  });

  it('what everybody may read is kept once for all', async () => {
    expect(await ask('/all/x', A)).toEqual({ ...MISS, acao: '*' });
    expect(await ask('/all/x', B)).toEqual({ ...HIT, acao: '*' });
    expect(await ask('/all/x')).toEqual({ ...HIT, acao: '*' });
  });
});
