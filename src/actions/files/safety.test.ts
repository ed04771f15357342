import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTempFolder, type TempFolder } from '../../../test/fixtures/temp-folder.ts';
import { TestExchange } from '../../../test/fixtures/test-exchange.ts';
import { createFiles } from './files.ts';

const SECRET = 'top-secret-content';
let base: TempFolder;

beforeAll(() => {
  base = makeTempFolder({
    'secret.txt': SECRET,
    'site-private/secret.txt': SECRET,
    'site/index.html': 'home',
    'site/inside.txt': 'inside',
    'site/.env': SECRET,
    'site/.git/config': SECRET,
    'site/sub/.htpasswd': SECRET,
  });
  const site = join(base.path, 'site');
  symlinkSync('../secret.txt', join(site, 'out.txt'));
  symlinkSync('..', join(site, 'up'));
  symlinkSync('../site-private', join(site, 'neighbour'));
  symlinkSync('/etc', join(site, 'etc'));
  symlinkSync('inside.txt', join(site, 'in.txt'));
  symlinkSync('loop', join(site, 'loop'));
  symlinkSync('nothing', join(site, 'dangling'));
});
afterAll(() => base.remove());

function ask(target: string, root = join(base.path, 'site'), fallback = ''): Promise<TestExchange> {
  const exchange = new TestExchange({ target, headers: { Accept: 'text/html' } });
  createFiles({ kind: 'files', root, fallback, index: ['index.html'], stripPrefix: '' })(exchange);
  return exchange.over;
}

describe('what lies outside the folder', () => {
  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/sub/../../secret.txt',
    '/./../secret.txt',
    '/..;/secret.txt',
    '/..%00/secret.txt',
    '/secret.txt%00.html',
    '/%c0%ae%c0%ae/secret.txt',
    '/%uff0e%uff0e/secret.txt',
    '/%252e%252e/secret.txt',
    '//secret.txt',
    '/out.txt',
    '/up/secret.txt',
    '/neighbour/secret.txt',
    '/etc/passwd',
    '/loop',
    '/dangling',
  ])('is not reached by %s', async (target) => {
    const answer = await ask(target);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.text).not.toContain(SECRET);
    expect(answer.text).not.toContain('root:');
    expect(answer.text).not.toContain(base.path);
  });

  it('is not reached by a fallback or an index that is a link either', async () => {
    expect((await ask('/users', undefined, '/out.txt')).status).toBe(404);
    mkdirSync(join(base.path, 'site/linked'));
    symlinkSync('../../secret.txt', join(base.path, 'site/linked/index.html'));
    expect((await ask('/linked/')).status).toBe(404);
    expect((await ask('/linked')).status).toBe(404);
  });
});

describe('inside the folder', () => {
  it('links that stay inside are followed', async () => {
    expect((await ask('/in.txt')).text).toBe('inside');
  });

  it.each(['/.env', '/%2eenv', '/.git/config', '/sub/.htpasswd', '/.nothing'])('%s is refused', async (target) => {
    expect((await ask(target)).problem).toBe('file-forbidden');
  });

  it('a FIFO or a socket is neither opened for good nor waited for', async () => {
    execFileSync('mkfifo', [join(base.path, 'site/pipe')]);
    expect((await ask('/pipe')).status).toBe(404);
    const server = createServer().listen(join(base.path, 'site/socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    expect((await ask('/socket')).status).toBe(404);
    server.close();
  });

  it('a file that may not be read is forbidden', async () => {
    chmodSync(base.path, 0o755);
    chmodSync(base.write('site/locked.txt', SECRET), 0);
    // For root nothing is locked.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65534);
    const answer = await ask('/locked.txt').finally(() => isRoot && process.seteuid?.(0));
    expect(answer.problem).toBe('file-forbidden');
  });

  it('a name longer than any is missing', async () => {
    expect((await ask(`/${'a'.repeat(5000)}`)).status).toBe(404);
  });
});

describe('the folder itself', () => {
  it('may be a link that a deployment turns to the next release', async () => {
    const releases = makeTempFolder({ 'one/index.html': 'one', 'two/index.html': 'two' });
    const current = join(releases.path, 'current');
    symlinkSync('one', current);
    const files = createFiles({ kind: 'files', root: current, fallback: '', index: ['index.html'], stripPrefix: '' });
    const get = async () => {
      const exchange = new TestExchange({ target: '/' });
      files(exchange);
      return (await exchange.over).text;
    };
    expect(await get()).toBe('one');
    symlinkSync('two', join(releases.path, 'next'));
    renameSync(join(releases.path, 'next'), current);
    expect(await get()).toBe('two');
    releases.remove();
  });

  it('may be missing', async () => {
    expect((await ask('/', join(base.path, 'nowhere'))).status).toBe(404);
  });

  it('that fails is answered with 500 and without its name', async () => {
    const answer = await ask('/', `${base.path}\0broken`);
    expect([answer.status, answer.problem]).toEqual([500, 'internal-error']);
    expect(answer.text).not.toContain(base.path);
  });

  it.runIf(process.platform === 'linux')('has no file left open', async () => {
    for (const target of ['/', '/in.txt', '/sub', '/out.txt', '/up/secret.txt', '/pipe']) await ask(target);
    await expect.poll(() => base.openDescriptors()).toBe(0);
  });
});
