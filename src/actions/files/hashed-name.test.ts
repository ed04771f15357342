import { describe, expect, it } from 'vitest';
import { isContentHashed } from './hashed-name.ts';

const hashed = (path: string) => isContentHashed(path.split('/'));

describe('a name with a hash of the content', () => {
  it.each([
    'assets/index-DiwrgTda.js',
    'assets/index-BxY3k9Qz.js',
    'assets/index-B-Y3k_Qz.css',
    'assets/index-n_ryQ3BS.css',
    'assets/react-CHdo91hT.svg',
    'assets/inter-latin-400-normal-C38fXH4l.woff2',
    'assets/index-BxY3k9Qz.js.map',
    'assets/index-legacy-C1nJ5Sj8.js',
    'chunk-5XQ3ZKJH.js',
    'name.8f3a2c1d.js',
    'static/js/main.8f3a2c1d.chunk.js',
    'static/js/2.8f3a2c1d.chunk.js.LICENSE.txt',
    'static/media/logo.6ce24c58023cc2f8fd88.svg',
    'main-app-0a1b2c3d4e5f6071.js',
    '5e2f0c1d9a7b3e41.css',
    '_next/static/abc/_buildManifest.js',
    '_next/static/chunks/main.js',
    '_app/immutable/entry/start.js',
    '_astro/hoisted.js',
    '_nuxt/BxY3k9Qz.js',
  ])('%s', (path) => {
    expect(hashed(path)).toBe(true);
  });

  it.each([
    'jquery-ui.min.js',
    'my-component.js',
    'my-calendar.js',
    'my-userList.js',
    'my-NavPanel.js',
    'my-btnGroup.js',
    'my-XMLParse.js',
    'my-OAuthApi.js',
    'tab-iOS-Dark.png',
    'logo-Light-2x.png',
    'photo-IMG_1234.jpg',
    'photo-DSC01234.jpg',
    'IMG_1234.jpg',
    'A7R03421.jpg',
    'guide-S3Bucket.js',
    'guide-K8sGuide.js',
    'polyfill-ES2015Js.js',
    'data-UTF8Data.json',
    'book-Chapter1.txt',
    'icon-1024x768.png',
    'report-20240131.pdf',
    'report.1700000000000.json',
    'app-version2.js',
    'bootstrap-5.3.0.min.js',
    'workbox-window.prod.es5.mjs',
    'x-deadbeef.js',
    'README-CONTRIBU.md',
    'service-worker.js',
    'index-BxY3k9Qz',
    'BxY3k9Qz.js',
    'favicon.ico',
    '_next/data.json',
    'static/_app/start.js',
    '',
  ])('not %s', (path) => {
    expect(hashed(path)).toBe(false);
  });

  it('is found in most hashes of every bundler', () => {
    const found = (alphabet: string, length: number) => {
      let seed = 1;
      const next = () => (seed = (seed * 48271) % 2147483647);
      const token = () => Array.from({ length }, () => alphabet[next() % alphabet.length]).join('');
      return Array.from({ length: 2000 }, token).filter((hash) => hashed(`assets/index-${hash}.js`)).length / 2000;
    };
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    expect(found(`${letters}${letters.toLowerCase()}0123456789-_`, 8)).toBeGreaterThan(0.75);
    expect(found(`${letters}234567`, 8)).toBeGreaterThan(0.65);
    expect(found('0123456789abcdef', 8)).toBeGreaterThan(0.95);
    expect(found('0123456789abcdef', 16)).toBeGreaterThan(0.99);
  });
});
