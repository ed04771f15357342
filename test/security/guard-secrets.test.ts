import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { startDnsServer, type DnsServer } from '../fixtures/dns-server.ts';
import { FakeTerminal } from '../fixtures/fake-terminal.ts';
import { sendRaw } from '../fixtures/raw-request.ts';
import { makeTempFolder, type TempFolder } from '../fixtures/temp-folder.ts';
import { startThirdParty, type ThirdParty } from '../fixtures/third-party.ts';

const HOST = 'api.third-party.test';
const OTHER = 'other.third-party.test';
const ORIGIN = 'https://app.example.com';
const ENV = { TOKEN: 'token-1f0e9d8c7b', API_KEY: 'k&y=2a4b/6c 8d', PIN: 'pin-5e6f7a8b9c' };

/** Each secret as somebody might write it. */
const SPELLINGS = Object.values(ENV).flatMap((secret) => {
  const bytes = Buffer.from(secret);
  const encoded = encodeURIComponent(secret);
  const form = new URLSearchParams([['', secret]]).toString().slice(1);
  return [secret, encoded, encoded.toLowerCase(), form, bytes.toString('base64'), bytes.toString('hex')];
});

let folder: TempFolder;
let api: ThirdParty;
/** Another server of theirs, that isn't to have the secrets. */
let other: ThirdParty;
let dns: DnsServer;

beforeAll(async () => {
  const hasKey = ({ url = '', headers }: IncomingMessage): boolean => {
    const { searchParams } = new URL(url, 'https://x');
    return (
      headers.authorization === `Bearer ${ENV.TOKEN}` &&
      headers['x-pin'] === ENV.PIN &&
      searchParams.getAll('key').join() === ENV.API_KEY
    );
  };
  folder = makeTempFolder();
  [api, other, dns] = await Promise.all([
    startThirdParty({
      names: [HOST, OTHER],
      hasKey,
      handler: ({ url = '' }, response) => {
        // As lists of results do it: with the URL that was asked for.
        const next = url.replace('/private', '');
        response.writeHead(200, { Link: `<https://${HOST}${next}&page=2>; rel="next"`, 'Content-Location': url });
        response.end('listed');
      },
    }),
    startThirdParty({ names: [HOST, OTHER] }),
    startDnsServer({ [HOST]: { a: ['127.0.0.1'] }, [OTHER]: { a: ['127.0.0.1'] } }),
  ]);
});
afterAll(async () => {
  await Promise.all([api.close(), other.close(), dns.close()]);
  folder.remove();
});

function config(log: string, extra = ''): string {
  // Neither of them trusts the other's authority, so one file has both.
  return `listen: 127.0.0.1:0
explain: true
log: { format: ${log} }
cors:
  app: { origins: [${ORIGIN}], headers: [content-type] }
routes:
  - path: /api/*
    cors: app
    guard: &guard
      target: https://${HOST}:${api.port}/private
      allow: ['* /**']
      headers: { authorization: 'Bearer \${TOKEN}', X-Pin: '\${PIN}' }
      query: { key: '\${API_KEY}' }
      redirectHosts: ['https://${OTHER}:${other.port}']
      allowPrivate: ['*.third-party.test']
      resolver: ${dns.address}
      tls: { ca: ./ca.pem }
      maxResponse: 10kB
    timeouts: { head: 300ms, connect: 2s }
  - path: /rewritten/*
    cors: app
    guard: { <<: *guard, redirects: rewrite }
  - path: /untrusted/*
    guard: { <<: *guard, tls: {} }
  - path: /nowhere/*
    guard: { <<: *guard, target: 'https://nowhere.third-party.test' }
  - path: /inside/*
    guard: { <<: *guard, allowPrivate: [] }
${extra}`;
}

function terminal(text: string, env: Readonly<Record<string, string>> = ENV): FakeTerminal {
  folder.write('ca.pem', [api, other].map(({ authority }) => authority.certificate).join(''));
  folder.write('oneorigin.yaml', text);
  return Object.assign(new FakeTerminal(folder.path), { env });
}

function expectNoSecret(text: string): void {
  expect(SPELLINGS.filter((spelling) => text.includes(spelling))).toEqual([]);
}

const PATHS = [
  '/api/x?a=b',
  '/api/echo?key=theirs&KEY=theirs&k%65y=theirs&a=b',
  '/api/redirect?to=/private/echo&status=302',
  '/rewritten/redirect?to=/private/echo?key=x&status=302',
  '/api/redirect?to=https://evil.example/&status=302',
  '/api/reset?q=1',
  '/api/garbage?q=1',
  '/api/stall?q=1',
  '/api/cut?q=1',
  '/api/early?q=1',
  '/api/big?bytes=20000',
  '/api/big?bytes=20000&chunked',
  '/untrusted/x?a=b',
  '/nowhere/x?a=b',
  '/inside/x?a=b',
  '/elsewhere',
] as const;

describe.each(['text', 'json'])('the secrets of a guard (log: %s)', (log) => {
  it('are seen by the API and by nobody else', async () => {
    const seen = api.seen.length;
    const shell = terminal(config(log));
    const exit = run(['serve'], shell);
    await Promise.race([shell.running, exit.then((code) => Promise.reject(new Error(`${code}: ${shell.errors}`)))]);
    const port = Number(/:(\d+)/.exec(shell.output)?.[1]);
    const answers: string[] = [];
    const paths = [
      ...PATHS,
      `/api/redirect?status=307&to=${encodeURIComponent(`https://${OTHER}:${other.port}/echo`)}`,
      `/rewritten/redirect?to=${encodeURIComponent(`https://${HOST}:${api.port}/private/y?b=1&key=${encodeURIComponent(ENV.API_KEY)}`)}`,
    ];
    for (const origin of [ORIGIN, 'https://evil.example']) {
      for (const path of paths) {
        for (const method of ['GET', 'OPTIONS', 'POST']) {
          const fields = method === 'OPTIONS' ? 'Access-Control-Request-Method: PATCH\r\n' : '';
          const length = method === 'POST' ? 'Content-Length: 0\r\n' : '';
          const request = `${method} ${path} HTTP/1.1\r\nHost: a\r\nOrigin: ${origin}\r\n${fields}${length}Connection: close\r\n\r\n`;
          answers.push(`${method} ${path}\n${(await sendRaw(port, request)).toString('latin1')}`);
        }
      }
    }
    shell.stop();
    await exit;
    // What the API itself repeats is its answer: the test's own shows it only where it's asked to.
    const own = answers.filter((answer) => !/^\S+ \S*echo/.test(answer));
    expectNoSecret(own.join('\n'));
    expectNoSecret(shell.output + shell.errors);
    expect(shell.output.split('\n').length).toBeGreaterThan(paths.length);
    const asked = api.seen.slice(seen);
    expect(asked.length).toBeGreaterThan(10);
    for (const { headers, url } of asked) {
      expect(headers).toMatchObject({ authorization: `Bearer ${ENV.TOKEN}`, 'x-pin': ENV.PIN });
      expect(new URL(url, 'https://x').searchParams.getAll('key')).toEqual([ENV.API_KEY]);
    }
    // A redirect led there, and they stayed behind.
    expect(other.seen.length).toBeGreaterThan(0);
    expectNoSecret(JSON.stringify(other.seen));
  }, 120_000);
});

describe('the secrets of a guard', () => {
  it.each([
    [['check']],
    [['check', '--json']],
    [['check', '--origin', ORIGIN, '--request', 'GET /api/x?a=b', '--credentials', 'include']],
    [['check', '--json', '--origin', 'https://evil.example', '--request', 'PATCH /api/x']],
  ])('are not printed by %j', async (args) => {
    const shell = terminal(config('text'));
    await run(args, shell);
    expect(shell.output + shell.errors).not.toBe('');
    expectNoSecret(shell.output + shell.errors);
  });

  it.each([
    ['a line break in one', { ...ENV, TOKEN: `${ENV.TOKEN}\nX-Evil: 1` }, ''],
    ['one that is not ASCII', { ...ENV, PIN: `${ENV.PIN}\u20ac` }, ''],
    [
      'one for whichever host a page names',
      ENV,
      "  - { path: /x/*, guard: { hosts: [x.test], origins: [https://x.test], headers: { a: '${API_KEY}' } } }\n",
    ],
    ['one in the URL', ENV, "  - { path: /x/*, guard: { target: 'https://u:${TOKEN}@x.test', allow: ['* /**'] } }\n"],
    [
      'one in the query of the URL',
      ENV,
      "  - { path: /x/*, guard: { target: 'https://x.test/?k=${TOKEN}', allow: ['* /**'] } }\n",
    ],
  ])('are not printed when a mistake is %s', async (_, env, extra) => {
    const shell = terminal(config('text', extra), env);
    expect(await run(['check'], shell)).toBe(1);
    expect(shell.output).toContain('error');
    expectNoSecret(shell.output + shell.errors);
  });
});
