import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTempFolder, type TempFolder } from '../../../test/fixtures/temp-folder.ts';
import { TestExchange, type TestRequest } from '../../../test/fixtures/test-exchange.ts';
import type { FilesModel } from '../../config/model.ts';
import { createFiles } from './files.ts';

let site: TempFolder;

beforeAll(() => {
  site = makeTempFolder({
    'index.html': '<h1>app</h1>',
    'empty.txt': '',
    'docs/index.html': '<h1>docs</h1>',
    'plain/note.txt': 'a note',
    'caf\u00e9 menu.txt': 'menu',
    'assets/index-BxY3k9Qz.js': 'console.log(1)',
    'assets/my-component.js': 'console.log(2)',
    'logo.svg': '<svg/>',
    'data.bin': Buffer.from([0, 1, 2, 255]),
    LICENSE: 'MIT',
    '.well-known/apple-app-site-association': '{}',
    '.well-known/security.txt': 'Contact: x',
    'page-BxY3k9Qz.html': 'hashed page',
  });
});
afterAll(() => site.remove());

function ask(request: TestRequest | string, model: Partial<FilesModel> = {}): Promise<TestExchange> {
  const exchange = new TestExchange(typeof request === 'string' ? { target: request } : request);
  createFiles({ kind: 'files', root: site.path, fallback: '', index: ['index.html'], stripPrefix: '', ...model })(
    exchange,
  );
  return exchange.over;
}

describe('a file', () => {
  it('is answered with its type, validators and length', async () => {
    const answer = await ask('/plain/note.txt');
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('a note');
    expect(answer.header('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.header('etag')).toMatch(/^"[0-9a-z-]+"$/);
    expect(Date.parse(answer.header('last-modified') ?? '')).toBeLessThan(Date.now());
    expect(answer.header('accept-ranges')).toBe('bytes');
    expect(answer.header('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/logo.svg', 'image/svg+xml'],
    ['/assets/my-component.js', 'text/javascript; charset=utf-8'],
    ['/data.bin', 'application/octet-stream'],
    ['/LICENSE', 'application/octet-stream'],
    ['/.well-known/apple-app-site-association', 'application/json'],
    ['/.well-known/security.txt', 'text/plain; charset=utf-8'],
  ])('%s is %s', async (target, type) => {
    const answer = await ask(target);
    expect(answer.status).toBe(200);
    expect(answer.header('content-type')).toBe(type);
  });

  it('is found by an escaped name and with a query', async () => {
    expect((await ask('/caf%C3%A9%20menu.txt?v=1')).text).toBe('menu');
  });

  it('is told but not sent to HEAD', async () => {
    const answer = await ask({ method: 'HEAD', target: '/plain/note.txt' });
    expect([answer.status, answer.announced, answer.text]).toEqual([200, 6, '']);
    expect(answer.header('content-type')).toBe('text/plain; charset=utf-8');
  });

  it('may be empty', async () => {
    const answer = await ask('/empty.txt');
    expect([answer.status, answer.announced]).toEqual([200, 0]);
  });

  it('with a slash behind it is missing', async () => {
    expect((await ask('/plain/note.txt/')).status).toBe(404);
  });

  it('is looked for behind the prefix', async () => {
    const model = { stripPrefix: '/app' };
    expect((await ask('/app/plain/note.txt', model)).text).toBe('a note');
    expect((await ask('/apple/plain/note.txt', model)).status).toBe(404);
    expect((await ask('/app', model)).header('location')).toBe('/app/');
    expect((await ask('/app/', model)).text).toBe('<h1>app</h1>');
  });

  it('has the body of its request thrown away', async () => {
    expect((await ask({ target: '/', bodyLength: 5 })).discarded).toBe(true);
  });
});

describe('caching', () => {
  it.each([
    ['/assets/index-BxY3k9Qz.js', 'public, max-age=31536000, immutable'],
    ['/assets/my-component.js', 'no-cache'],
    ['/', 'no-cache'],
    ['/page-BxY3k9Qz.html', 'no-cache'],
    ['/logo.svg', 'no-cache'],
  ])('of %s is %s', async (target, expected) => {
    expect((await ask(target)).header('cache-control')).toBe(expected);
  });
});

describe('methods', () => {
  it('other than GET and HEAD are refused with what is allowed', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'get']) {
      const answer = await ask({ method, target: '/' });
      expect([answer.status, answer.header('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
    }
  });

  it('are told to OPTIONS', async () => {
    const answer = await ask({ method: 'OPTIONS', target: '/' });
    expect([answer.status, answer.header('allow'), answer.text]).toEqual([204, 'GET, HEAD, OPTIONS', '']);
  });
});

describe('a folder', () => {
  it('without its slash is redirected to it, keeping the query and the escapes', async () => {
    const answer = await ask('/docs?a=1&b=%20');
    expect([answer.status, answer.header('location')]).toEqual([308, '/docs/?a=1&b=%20']);
    expect((await ask('/%64ocs')).header('location')).toBe('/%64ocs/');
  });

  it('is answered with its index', async () => {
    expect((await ask('/docs/')).text).toBe('<h1>docs</h1>');
  });

  it('without an index is neither listed nor redirected', async () => {
    expect((await ask('/plain')).status).toBe(404);
    expect((await ask('/plain/')).status).toBe(404);
  });

  it('takes the first index that exists', async () => {
    expect((await ask('/', { index: ['nothing.html', 'LICENSE', 'index.html'] })).text).toBe('MIT');
    expect((await ask('/', { index: [] })).status).toBe(404);
  });

  it.each(['//docs', '//docs/..', '/\\docs', '//evil.example/%2f..', '/%2fdocs', '/%5cdocs', '///docs', '/./docs'])(
    'never redirects %s to another host',
    async (target) => {
      const answer = await ask(target);
      expect(answer.header('location')).toBeUndefined();
      expect(answer.status).toBeGreaterThanOrEqual(400);
    },
  );
});

describe('the fallback', () => {
  const fallback = { fallback: '/index.html' };
  const navigate = { 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document', Accept: 'text/html,*/*;q=0.8' };

  it.each([
    ['/users/1', navigate],
    ['/users/jane.doe', navigate],
    ['/releases/v1.2', navigate],
    ['/plain', navigate],
    ['/plain/', navigate],
    ['/users//1', navigate],
    ['/embedded', { 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' }],
    ['/old-browser', { Accept: 'text/html,application/xhtml+xml' }],
  ])('answers the navigation to %s', async (target, headers) => {
    const answer = await ask({ target, headers }, fallback);
    expect([answer.status, answer.text]).toEqual([200, '<h1>app</h1>']);
    expect(answer.header('cache-control')).toBe('no-cache');
    expect(answer.header('vary')).toBe('Accept-Encoding, Accept, Sec-Fetch-Dest, Sec-Fetch-Mode');
  });

  it.each([
    ['/assets/index-00000000.js', navigate],
    ['/missing.html', navigate],
    ['/logo.png?x', navigate],
    ['/api/users', { 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Dest': 'empty', Accept: 'text/html' }],
    ['/api/users', { Accept: 'application/json' }],
    ['/api/users', { Accept: '*/*' }],
    ['/api/users', {}],
    ['/chunk', { 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'script', Accept: '*/*' }],
    ['/chunk', { 'Sec-Fetch-Dest': 'image', Accept: 'text/html' }],
  ])('never hides that %s is missing (%j)', async (target, headers) => {
    const answer = await ask({ target, headers }, fallback);
    expect([answer.status, answer.problem]).toEqual([404, 'file-not-found']);
    expect(answer.header('cache-control')).toBe('no-store');
  });

  it('is told to HEAD and refused to POST', async () => {
    expect((await ask({ method: 'HEAD', target: '/users', headers: navigate }, fallback)).status).toBe(200);
    expect((await ask({ method: 'POST', target: '/users', headers: navigate }, fallback)).status).toBe(405);
  });

  it('itself may be missing', async () => {
    expect((await ask({ target: '/users', headers: navigate }, { fallback: '/app.html' })).status).toBe(404);
  });
});

describe('conditions', () => {
  it('are answered with 304, without a body and with what caches need', async () => {
    const first = await ask('/assets/index-BxY3k9Qz.js');
    const etag = first.header('etag') ?? '';
    for (const headers of [
      { 'If-None-Match': etag },
      { 'If-None-Match': `"other", ${etag}` },
      { 'If-Modified-Since': first.header('last-modified') ?? '' },
    ] as Record<string, string>[]) {
      const answer = await ask({ target: '/assets/index-BxY3k9Qz.js', headers });
      expect([answer.status, answer.text]).toEqual([304, '']);
      expect(answer.header('etag')).toBe(etag);
      expect(answer.header('cache-control')).toContain('immutable');
      expect(answer.header('vary')).toBe('Accept-Encoding');
      expect(answer.header('content-type')).toBeUndefined();
    }
  });

  it('that fail are answered with 412', async () => {
    const answer = await ask({ target: '/logo.svg', headers: { 'If-Match': '"other"' } });
    expect([answer.status, answer.problem]).toEqual([412, 'precondition-failed']);
  });

  it('come before the range', async () => {
    const etag = (await ask('/logo.svg')).header('etag') ?? '';
    expect((await ask({ target: '/logo.svg', headers: { 'If-None-Match': etag, Range: 'bytes=0-1' } })).status).toBe(
      304,
    );
  });

  it('see the change of a file of the same size and time', async () => {
    const when = new Date(Date.now() - 86_400_000);
    site.write('same.txt', 'one', when);
    const before = (await ask('/same.txt')).header('etag');
    site.write('other.txt', 'two', when);
    const { renameSync } = await import('node:fs');
    renameSync(`${site.path}/other.txt`, `${site.path}/same.txt`);
    expect((await ask('/same.txt')).header('etag')).not.toBe(before);
  });

  it('get a weak tag while a second change could go unseen', async () => {
    site.write('fresh.txt', 'x', new Date());
    expect((await ask('/fresh.txt')).header('etag')).toMatch(/^W\//);
  });

  it('never see a modification in the future', async () => {
    site.write('future.txt', 'x', new Date(Date.now() + 86_400_000));
    expect(Date.parse((await ask('/future.txt')).header('last-modified') ?? '')).toBeLessThanOrEqual(Date.now());
  });
});
