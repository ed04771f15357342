import { symlinkSync, truncateSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGateway, type Gateway } from '../../src/gateway/index.ts';
import { rawRequest } from '../fixtures/raw-request.ts';
import { makeTempFolder, type TempFolder } from '../fixtures/temp-folder.ts';

const SECRET = 'the-secret-that-must-stay';
const SCRIPT = 'export const answer = 42;\n'.repeat(100);
/** Every four bytes say which file they are of, and where in it. */
const many = Array.from({ length: 6 }, (_, file) => ({
  name: `many-${file}.bin`,
  content: Buffer.from(Uint32Array.from({ length: 2_000_000 + 17 * file }, (__, at) => at * 16 + file).buffer),
}));
const BIG = Buffer.alloc(5_000_000, '0123456789');
let base: TempFolder;
let gateway: Gateway;
let port: number;

beforeAll(async () => {
  base = makeTempFolder({
    'secret.txt': SECRET,
    'dist-old/secret.txt': SECRET,
    'dist/index.html': '<h1>app</h1>',
    'dist/docs/index.html': '<h1>docs</h1>',
    'dist/assets/app-BxY3k9Qz.js': SCRIPT,
    'dist/assets/app-BxY3k9Qz.js.br': brotliCompressSync(SCRIPT),
    'dist/big.iso': BIG,
    'dist/.env': SECRET,
    'dist/.git/config': SECRET,
  });
  for (const { name, content } of many) base.write(`dist/${name}`, content);
  symlinkSync('../secret.txt', join(base.path, 'dist/link.txt'));
  symlinkSync('..', join(base.path, 'dist/up'));
  gateway = createGateway(
    {
      listen: '127.0.0.1:0',
      log: { access: 'off' },
      cors: { page: { origins: ['https://page.example'], expose: ['etag'] } },
      routes: [
        { path: '/shared/*', files: './dist', stripPrefix: '/shared', cors: 'page' },
        { path: '/old/*', redirect: '/docs/*' },
        { path: '/health', respond: { body: '{"ok":true}' } },
        { path: '/*', files: './dist', fallback: '/index.html' },
      ],
    },
    { baseDir: base.path },
  );
  port = (await gateway.listen())[0]?.port ?? 0;
});
afterAll(async () => {
  await gateway.close();
  base.remove();
});

const get = (target: string, headers: Record<string, string> = {}) => rawRequest(port, target, { headers });

describe('a frontend behind the gateway', () => {
  it('is served whole, and its routes by the fallback', async () => {
    expect((await get('/')).body.toString()).toBe('<h1>app</h1>');
    const page = await get('/users/1', { 'Sec-Fetch-Mode': 'navigate', Accept: 'text/html' });
    expect([page.status, page.body.toString()]).toEqual([200, '<h1>app</h1>']);
    const missing = await get('/assets/gone-00000000.js', { 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'script' });
    expect([missing.status, missing.headers['content-type']]).toEqual([404, 'application/problem+json']);
  });

  it('is cached as its names allow, and asked for again with 304', async () => {
    const first = await get('/assets/app-BxY3k9Qz.js');
    expect(first.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const again = await get('/assets/app-BxY3k9Qz.js', { 'If-None-Match': first.headers['etag'] ?? '' });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    expect(again.headers['etag']).toBe(first.headers['etag']);
    expect(again.headers['transfer-encoding']).toBeUndefined();
  });

  it('is sent compressed as the build left it', async () => {
    const answer = await get('/assets/app-BxY3k9Qz.js', { 'Accept-Encoding': 'gzip, br' });
    expect(answer.headers['content-encoding']).toBe('br');
    expect(answer.headers['vary']).toContain('Accept-Encoding');
    expect(answer.body.equals(brotliCompressSync(SCRIPT))).toBe(true);
    expect(answer.headers['content-length']).toBe(String(answer.body.length));
  });

  it('is sent in parts', async () => {
    const part = await get('/big.iso', { Range: 'bytes=-70000' });
    expect([part.status, part.headers['content-range']]).toEqual([206, 'bytes 4930000-4999999/5000000']);
    expect(part.body.equals(BIG.subarray(4_930_000))).toBe(true);
    const beyond = await get('/big.iso', { Range: 'bytes=5000000-' });
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, 'bytes */5000000']);
  });

  it('is streamed byte by byte as it is', async () => {
    const answer = await get('/big.iso');
    expect([answer.status, answer.headers['content-length']]).toEqual([200, '5000000']);
    expect(answer.body.equals(BIG)).toBe(true);
  });

  it('is told but not sent to HEAD', async () => {
    const answer = await rawRequest(port, '/big.iso', { method: 'HEAD' });
    expect([answer.status, answer.headers['content-length'], answer.body.length]).toEqual([200, '5000000', 0]);
  });

  it('refuses other methods with what it allows', async () => {
    const answer = await rawRequest(port, '/', { method: 'DELETE' });
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, HEAD, OPTIONS']);
    expect((await rawRequest(port, '/', { method: 'OPTIONS' })).status).toBe(204);
  });

  it('sends folders to their slash', async () => {
    const answer = await get('/docs?x=1');
    expect([answer.status, answer.headers['location']]).toEqual([308, '/docs/?x=1']);
    expect((await get('/shared/docs')).headers['location']).toBe('/shared/docs/');
  });

  it('can be read by another origin where the policy says so, its errors and 304s too', async () => {
    const origin = { Origin: 'https://page.example' };
    const found = await get('/shared/docs/', origin);
    const missing = await get('/shared/gone.js', origin);
    const same = await get('/shared/docs/', { ...origin, 'If-None-Match': found.headers['etag'] ?? '' });
    expect([found.status, missing.status, same.status]).toEqual([200, 404, 304]);
    for (const answer of [found, missing, same]) {
      expect(answer.headers['access-control-allow-origin']).toBe('https://page.example');
    }
    expect(found.headers['access-control-expose-headers']?.toLowerCase()).toBe('etag');
  });

  it('reaches slow readers of different files unmixed, each in its own pace', async () => {
    const slowly = (name: string): Promise<Buffer> =>
      new Promise((resolve, reject) => {
        const chunks: Buffer[] = [];
        const socket = connect(port, '127.0.0.1', () => {
          socket.write(`GET /${name} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
        });
        socket.on('data', (chunk) => {
          chunks.push(chunk);
          // At first until the system's buffers are full, so that the gateway has to wait.
          if (chunks.length % 8 !== 1) return;
          socket.pause();
          setTimeout(() => socket.resume(), chunks.length === 1 ? 300 : chunk.length % 5);
        });
        socket.on('error', reject);
        socket.on('close', () => resolve(Buffer.concat(chunks)));
      });
    const answers = await Promise.all(many.flatMap(({ name }) => [slowly(name), slowly(name)]));
    for (const [index, answer] of answers.entries()) {
      const { content } = many[Math.floor(index / 2)] as (typeof many)[number];
      expect(answer.subarray(answer.indexOf('\r\n\r\n') + 4).equals(content)).toBe(true);
    }
  }, 30_000);

  it('that shrinks while it is sent is cut short, so that the reader sees it', async () => {
    base.write('dist/shrinking.iso', Buffer.alloc(30_000_000, 'x'));
    let received = 0;
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`GET /shrinking.iso HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    });
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    truncateSync(join(base.path, 'dist/shrinking.iso'), 1_500_000);
    socket.on('data', (chunk) => (received += chunk.length)).on('error', () => {});
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(received).toBeLessThan(30_000_000);
  });

  it.runIf(process.platform === 'linux')('is closed when its reader leaves in the middle', async () => {
    const sockets = Array.from({ length: 20 }, () => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`GET /big.iso HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
      });
      return socket.once('data', () => socket.pause());
    });
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('data', resolve))));
    expect(base.openDescriptors()).toBeGreaterThan(0);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => base.openDescriptors(), { timeout: 5000 }).toBe(0);
  });
});

describe('redirects and fixed answers behind the gateway', () => {
  it('fill in what the route captured', async () => {
    const answer = await get('/old/a%20b/c?x=1');
    expect([answer.status, answer.headers['location'], answer.headers['content-length']]).toEqual([
      308,
      '/docs/a%20b/c?x=1',
      '0',
    ]);
    const health = await get('/health');
    expect([health.headers['content-type'], health.body.toString()]).toEqual(['application/json', '{"ok":true}']);
  });
});

const ATTACKS = [
  '/../secret.txt',
  '/../../secret.txt',
  '/docs/../../secret.txt',
  '/./../secret.txt',
  '/docs/..%2f..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/%2E%2E/secret.txt',
  '/.%2e/secret.txt',
  '/%2e./secret.txt',
  '/..%2fsecret.txt',
  '/..%2Fsecret.txt',
  '/%2e%2e%2fsecret.txt',
  '/%2f..%2fsecret.txt',
  '/..%5csecret.txt',
  '/..\\secret.txt',
  '/..\\/secret.txt',
  '/%5c..%5csecret.txt',
  '/..;/secret.txt',
  '/..;x=1/secret.txt',
  '/%2e%2e;/secret.txt',
  '/..%00/secret.txt',
  '/..%00.html/secret.txt',
  '/secret.txt%00',
  '/../secret.txt%00.html',
  '/..%0d%0a/secret.txt',
  '/..%01/secret.txt',
  '/%252e%252e/secret.txt',
  '/%252e%252e%252fsecret.txt',
  '/%25252e%25252e/secret.txt',
  '/%c0%ae%c0%ae/secret.txt',
  '/%c0%ae%c0%ae%c0%afsecret.txt',
  '/%e0%80%ae%e0%80%ae/secret.txt',
  '/%f0%80%80%ae%f0%80%80%ae/secret.txt',
  '/%u002e%u002e/secret.txt',
  '/%uff0e%uff0e/secret.txt',
  '/%ef%bc%8e%ef%bc%8e/secret.txt',
  '/%ff%fe/../secret.txt',
  '//../secret.txt',
  '///../../secret.txt',
  '//secret.txt',
  '/.../secret.txt',
  '/..../secret.txt',
  '/../dist-old/secret.txt',
  '/-old/secret.txt',
  '/dist-old/secret.txt',
  '/docs/index.html/../../../secret.txt',
  '/link.txt',
  '/up/secret.txt',
  '/up/dist/.env',
  '/.env',
  '/%2eenv',
  '/.git/config',
  '/docs/../.env',
  '/shared/../secret.txt',
  '/shared/%2e%2e/%2e%2e/secret.txt',
  '/shared/..%2f..%2fsecret.txt',
  '/shared/../.env',
  '/shared%2f..%2fsecret.txt',
  '/sharedsecret.txt',
  '/C:/secret.txt',
  '/file:///secret.txt',
  'secret.txt',
  '../secret.txt',
  '?/../secret.txt',
  '/?/../secret.txt',
  '/#/../secret.txt',
  '/docs/%',
  '/%',
  '/%zz',
];

describe('nothing outside the folder comes back', () => {
  const absolute = (): string[] => [
    join(base.path, 'secret.txt'),
    `/${join(base.path, 'secret.txt')}`,
    `/..${join(base.path, 'secret.txt')}`,
    `/${encodeURIComponent(join(base.path, 'secret.txt'))}`,
    `http://127.0.0.1:${port}/../secret.txt`,
    `http://127.0.0.1:${port}/..%2fsecret.txt`,
    `file://${join(base.path, 'secret.txt')}`,
  ];

  it.each(ATTACKS)('for %s', async (target) => {
    await expectNoSecret(target);
  });

  it('for absolute paths and targets', async () => {
    for (const target of absolute()) await expectNoSecret(target);
  });

  async function expectNoSecret(target: string): Promise<void> {
    for (const headers of [
      {},
      { Accept: 'text/html', 'Sec-Fetch-Mode': 'navigate' },
      { Range: 'bytes=0-9' },
    ] as const) {
      const { bytes, status } = await get(target, headers);
      expect(bytes.includes(SECRET.slice(0, 10))).toBe(false);
      // An error may quote the path that was asked for, and nothing else of the disk.
      if (!target.includes(base.path)) expect(bytes.includes(base.path)).toBe(false);
      if (status < 300) expect(bytes.includes('<h1>')).toBe(true);
      expect(status).toBeLessThan(500);
    }
  }

  it('and no redirect leads to another host', async () => {
    for (const target of ['//evil.example', '//evil.example/docs', '/\\evil.example', '/%5cevil.example', '//docs']) {
      const { headers } = await get(target);
      if (headers['location'] === undefined) continue;
      expect(new URL(headers['location'], `http://127.0.0.1:${port}`).host).toBe(`127.0.0.1:${port}`);
    }
  });
});
