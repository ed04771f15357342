import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bundleModule } from '../../test/fixtures/edge/bundle.ts';

const page = readFileSync(new URL('../../docs/edge.md', import.meta.url), 'utf8');

describe('the weight of the edge handler in a bundle', () => {
  it('is what the docs say', async () => {
    const code = await bundleModule({ text: "export * from 'oneorigin/edge';" }, { minify: true });
    const [, whole = '', compressed = ''] = /weighs (\d+) kB minified, (\d+) kB compressed/.exec(page) ?? [];
    expect(code.length / 1000).toBeLessThan(Number(whole));
    expect(code.length / 1000).toBeGreaterThan(Number(whole) * 0.9);
    expect(gzipSync(code).length / 1000).toBeLessThan(Number(compressed));
  });

  it('is to two fifths the list of public suffixes', async () => {
    const text = "export * from 'oneorigin/edge';";
    const code = await bundleModule({ text }, { minify: true, external: ['tldts'] });
    expect(code.length).toBeLessThan(400_000);
  });
});
