import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { guardOf, guardRequest } from '../../test/fixtures/guard.ts';
import { findProgram } from '../../test/fixtures/programs.ts';
import { countOf, Random, seedOf } from '../../test/fixtures/random.ts';
import { admit } from './admit.ts';
import { isRefusal } from './refusal.ts';
import { originOfTarget } from './target-url.ts';

const model = guardOf({
  hosts: [
    'http://good.example',
    'http://*.wild.example',
    'http://port.example:8081',
    'http://bücher.example',
    'http://93.184.216.34',
  ],
  origins: 'https://app.example.com',
});

/** The same list, told in another way. */
const LISTED =
  /^(?:good\.example|(?:[a-z\d_-]+\.)+wild\.example|port\.example:8081|xn--bcher-kva\.example|93\.184\.216\.34)$/;

const words = (text: string): string[] => text.split(' ');
const HOSTS = words('good.example a.wild.example a.b.wild.example port.example:8081 bücher.example 93.184.216.34');
const FOREIGN = words(
  'evil.example good.example.evil.example evilgood.example wild.example xwild.example 127.0.0.1 [::1]',
);
const SPELLINGS = words('0x5db8d822 1572395042 93.184.55330 0135.0270.0330.042 xn--bcher-kva.example GOOD.Example.');
const JOINTS = [...words('@ . .. : :80 :80@ \\@ \\ / // ? # %2e %2f %40 %00 %23 &@ ;'), ' ', '\t'];
const ODD = words("。 ． ｡ \u00ad \u200d ｇ ① ß İ ／ ＠ ℀ \u0308 \ufeff [ ] | ^ * ' - _");
const STARTS = words('http:// http:// http:// HTTP:// http:/ http: http:/// http:\\\\');
const PATHS = ['', ...words('/ /a /a/../b /%2e%2e/a /@evil.example /a?b=c ?@evil.example //evil.example')];

function randomHost(random: Random): string {
  const any = `${random.text('abcxyz019-_', 1 + random.int(6))}.wild.example`;
  let host = random.pick(random.chance(0.6) ? [...HOSTS, any, any, any] : random.chance(0.5) ? FOREIGN : SPELLINGS);
  while (random.chance(0.3)) {
    const at = random.int(host.length + 1);
    const piece = random.pick(random.chance(0.5) ? JOINTS : ODD);
    host = random.chance(0.7) ? host.slice(0, at) + piece + host.slice(at) : `${host}${piece}${random.pick(FOREIGN)}`;
  }
  return host;
}

function randomUrl(random: Random): string {
  return random.pick(STARTS) + randomHost(random) + random.pick(PATHS);
}

/** The URL in one of the forms in which a request may carry it. */
function randomLine(random: Random, url: string): string {
  const form = random.int(4);
  if (form === 0) return `/proxy/${encodeURIComponent(url)}`;
  if (form === 1) return `/proxy?url=${encodeURIComponent(url)}`;
  if (form === 2) return `/proxy?url=${encodeURI(url)}`;
  return `/proxy/${encodeURI(url)}`;
}

/** Whom curl asks for each URL, as a proxy that it's told to use hears of it; undefined: it doesn't take it for a URL. */
async function asked(urls: readonly string[]): Promise<(string | undefined)[]> {
  const heard: (string | undefined)[] = urls.map(() => undefined);
  // No HTTP server: some would refuse what curl sends of letters beyond ASCII in paths.
  const proxy = createServer((socket) => {
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      if (!text.endsWith('\r\n\r\n')) return;
      const [, host = ''] = /^GET http:\/\/([^/?]*)/i.exec(text) ?? [];
      const [, index = ''] = /\r\nx-number: (\d+)\r\n/.exec(text) ?? [];
      heard[Number(index)] = host.toLowerCase().replace(/:80$/, '');
      text = '';
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    });
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  const quoted = (text: string): string => `"${text.replaceAll(/[\\"]/g, String.raw`\$&`)}"`;
  const sections = urls.map((url, index) =>
    [
      `url = ${quoted(url)}`,
      `header = "x-number: ${index}"`,
      `proxy = "http://127.0.0.1:${port}"`,
      'noproxy = ""',
      'output = "/dev/null"',
      'globoff',
      'silent',
    ].join('\n'),
  );
  const curl = spawn(findProgram('curl'), ['-q', '-K', '-'], { env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  curl.stdin.end(sections.join('\nnext\n'));
  // With the exit code of the last one it says nothing about the others.
  await new Promise((resolve) => curl.once('close', resolve));
  await new Promise((resolve) => proxy.close(resolve));
  return heard;
}

/** Without the dot at the end, as it's connected to; numbers that curl leaves to the proxy as the address they are. */
function canonical(host: string | undefined): string | undefined {
  const bare = host?.replace(/\.(?=:|$)/, '');
  return bare !== undefined && /^[\da-fx.]+$/.test(bare) ? new URL(`http://${bare}`).host : bare;
}

describe('whatever the open form admits', () => {
  const seed = seedOf();
  const random = new Random(seed);
  const tried = Array.from({ length: countOf(10_000) }, () => {
    const url = randomUrl(random);
    const line = `GET ${randomLine(random, url)}`;
    return { url, line, result: admit(model, guardRequest(line, { origin: 'https://app.example.com' })) };
  });
  const admitted = tried.flatMap(({ url, line, result }) =>
    isRefusal(result) ? [] : [{ url, line, host: originOfTarget(result.target).slice('http://'.length) }],
  );

  it('is some of what is asked for', () => {
    expect(admitted.length).toBeGreaterThan(tried.length / 20);
    expect(admitted.length).toBeLessThan(tried.length / 2);
  });

  it('is listed', () => {
    expect(
      admitted.filter(({ host }) => !LISTED.test(host)),
      `FUZZ_SEED=${seed}`,
    ).toEqual([]);
  });

  it('is the host that curl would ask', async () => {
    const whole = [...new Map(admitted.map((one) => [one.url, one])).values()].filter(({ url }) =>
      /^http:\/\//i.test(url),
    );
    const heard = await asked(whole.map(({ url }) => url));
    const compared = whole.map(({ url, line, host }, at) => ({ url, line, host, curl: canonical(heard[at]) }));
    const wrong = compared.filter(({ curl, host }) => curl !== undefined && curl !== host);
    expect(wrong, `FUZZ_SEED=${seed}`).toEqual([]);
    // What it refuses (spaces, `xn--` of hyphens in odd places), it leads nobody astray with.
    expect(compared.filter(({ curl }) => curl !== undefined).length).toBeGreaterThan(compared.length * 0.9);
    expect(compared.length).toBeGreaterThan(admitted.length / 20);
  });
});
