import { readdirSync, readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { findingPages } from '../../scripts/findings/pages.ts';
import { playIn, type Situation } from '../../scripts/findings/situation.ts';
import { situations } from '../../scripts/findings/situations.ts';
import { doctorAroundCatalogue } from '../../src/diagnostics/catalogue/doctor-around.ts';
import { doctorLayersCatalogue } from '../../src/diagnostics/catalogue/doctor-layers.ts';
import { catalogue } from '../../src/diagnostics/catalogue/index.ts';
import { problemCatalogue } from '../../src/diagnostics/catalogue/problems.ts';
import { STACKS } from '../../src/doctor/index.ts';
import type { Question } from '../../src/doctor/question.ts';
import { codesOf, examineFrom } from '../fixtures/examine.ts';
import { serve, type TestServer } from '../fixtures/servers.ts';

const folder = fileURLToPath(new URL('../../docs/findings/', import.meta.url));

describe('docs/findings', () => {
  const pages = findingPages();

  it('is what `node scripts/findings.mjs` writes', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
    expect(files.toSorted()).toEqual([...pages.keys()].toSorted());
    for (const [name, text] of pages) expect(readFileSync(folder + name, 'utf8'), name).toBe(text);
  });

  it('has a page for every code and every stack, and no other', () => {
    const codes = new Set([...Object.keys(catalogue), ...Object.keys(problemCatalogue)]);
    const expected = ['README', ...codes, ...STACKS.map((name) => `stacks/${name}`)].map((name) => `${name}.md`);
    expect([...pages.keys()].toSorted()).toEqual(expected.toSorted());
  });

  it.each([...pages].filter(([name]) => name !== 'README.md'))('%s says something in every place', (_, text) => {
    expect(text).toMatch(/^# .+\n\n<!-- .* -->\n\n[^#\n]/);
    expect(text).not.toMatch(/\bundefined\b|NaN|\[object/);
    // A heading with nothing below it.
    expect(text).not.toMatch(/^#+ .*\n+(?:#|$(?![^]))/m);
  });
});

/** Situations that a plain server is enough for: `caching` needs a cache, `tls` a server that speaks something else. */
const NOT_SERVED: ReadonlySet<string> = new Set([
  'doctor-cached-without-vary',
  'doctor-tls-handshake',
  ...Object.keys(doctorLayersCatalogue),
]);
const served = Object.entries<Situation>(situations).filter(
  ([code, { response, request }]) =>
    response !== undefined && request?.pageHeaders === undefined && !NOT_SERVED.has(code),
);

describe('an example is found by the doctor as what it is:', () => {
  let server: TestServer | undefined;
  afterEach(() => server?.close());

  it.each(served)('%s', async (code, situation) => {
    server = await serve((request, response) => handlerOf(situation, server?.port ?? 0)(request, response));
    if (situation.response === 'fault: refused') await server.close();
    const { pageOrigin = 'https://app.example.com', ...rest } = situation.request ?? {};
    // The same without TLS, at the server's port.
    const question = { ...rest, origin: pageOrigin.replace('https:', 'http:') } as Partial<Question>;
    const hosts = ['api.example.com', 'login.example.com', 'cdn.example.net'];
    const resolve = Object.fromEntries(hosts.map((host) => [host, '127.0.0.1']));
    const codes = codesOf(await examineFrom(`http://api.example.com:${server.port}/users`, question, { resolve }));
    // What is seen on the way may stand beside something else.
    if (Object.hasOwn(doctorAroundCatalogue, code)) expect(codes).toContain(code);
    else expect(codes[0]).toBe(code);
  });

  it('and most of them are tried', () => expect(served.length).toBeGreaterThan(30));

  it.each(served)('%s: a browser agrees with it', (code, situation) => {
    const { outcome } = playIn(situation, 'chromium');
    if (Object.hasOwn(doctorAroundCatalogue, code)) expect(outcome).not.toBe('error');
    else expect(outcome).toBe('error');
  });
});

function handlerOf({ preflight, response = '' }: Situation, port: number): RequestListener {
  const hops = typeof response === 'string' ? [response] : response;
  return (request, answer) => {
    const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    const isFirst = request.url === '/users' && request.headers.host?.startsWith('api.') === true;
    const hop = hops[isFirst ? 0 : hops.length - 1] ?? '';
    const text = isPreflight ? (preflight ?? hop) : hop;
    if (text === 'fault: garbage') return void request.socket.end('* OK ready\r\n');
    if (text.startsWith('fault:')) return void request.socket.destroy();
    const [status = '', ...lines] = text.split('\n');
    const headers = lines.flatMap((line) => {
      const [name = '', ...value] = line.split(':');
      const here = name === 'Location' ? (host: string) => `${host}:${port}` : (host: string) => host;
      return [
        name,
        value
          .join(':')
          .trim()
          .replaceAll(/https:(\/\/[\w.]+)/g, (_, host: string) => `http:${here(host)}`),
      ];
    });
    answer.writeHead(Number(status.split(' ')[0]), headers).end();
  };
}
