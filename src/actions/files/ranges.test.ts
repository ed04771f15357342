import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTempFolder, type TempFolder } from '../../../test/fixtures/temp-folder.ts';
import { TestExchange } from '../../../test/fixtures/test-exchange.ts';
import { createFiles } from './files.ts';

const MOVIE = Buffer.alloc(300_000, 'abcdefghij');
let site: TempFolder;

beforeAll(() => {
  site = makeTempFolder({ 'ten.txt': '0123456789', 'movie.mp4': MOVIE, 'empty.txt': '' });
});
afterAll(() => site.remove());

function ask(target: string, headers: Record<string, string>, method = 'GET'): Promise<TestExchange> {
  const exchange = new TestExchange({ target, headers, method });
  createFiles({ kind: 'files', root: site.path, fallback: '', index: [], stripPrefix: '' })(exchange);
  return exchange.over;
}

describe('a range of a file', () => {
  it.each([
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=0-1000', '0123456789', 'bytes 0-9/10'],
  ])('%s is sent with 206', async (range, body, contentRange) => {
    const answer = await ask('/ten.txt', { Range: range });
    expect([answer.status, answer.text, answer.header('content-range')]).toEqual([206, body, contentRange]);
    expect(answer.header('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.header('etag')).toBeDefined();
  });

  it('outside is answered with 416 and the length', async () => {
    const answer = await ask('/ten.txt', { Range: 'bytes=10-' });
    expect([answer.status, answer.header('content-range')]).toEqual([416, 'bytes */10']);
    expect((await ask('/empty.txt', { Range: 'bytes=0-' })).header('content-range')).toBe('bytes */0');
  });

  it.each(['bytes=0-1,4-5', 'lines=1-2', 'bytes=x', 'bytes=4-2'])('%s is answered with the whole', async (range) => {
    const answer = await ask('/ten.txt', { Range: range });
    expect([answer.status, answer.text]).toEqual([200, '0123456789']);
  });

  it('is no matter to HEAD', async () => {
    const answer = await ask('/ten.txt', { Range: 'bytes=2-4' }, 'HEAD');
    expect([answer.status, answer.announced]).toEqual([200, 10]);
  });

  it('is sent only of the state that If-Range names', async () => {
    const whole = await ask('/ten.txt', {});
    for (const validator of [whole.header('etag'), whole.header('last-modified')]) {
      const answer = await ask('/ten.txt', { Range: 'bytes=2-4', 'If-Range': validator ?? '' });
      expect([answer.status, answer.text]).toEqual([206, '234']);
    }
    const changed = await ask('/ten.txt', { Range: 'bytes=2-4', 'If-Range': '"old"' });
    expect([changed.status, changed.text]).toEqual([200, '0123456789']);
  });

  it('may be long', async () => {
    const answer = await ask('/movie.mp4', { Range: 'bytes=1-250000' });
    expect([answer.status, answer.announced]).toEqual([206, 250_000]);
    expect(answer.body.equals(MOVIE.subarray(1, 250_001))).toBe(true);
  });
});
