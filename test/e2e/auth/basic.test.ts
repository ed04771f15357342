import { randomBytes, scryptSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashPassword } from '../../../src/cli/make-hash.ts';
import { formatPasswordHash } from '../../../src/protocol/password-hash.ts';
import { ask, Stage, startEcho } from '../../fixtures/auth.ts';
import type { TestServer } from '../../fixtures/servers.ts';
import type { TestGateway } from '../../fixtures/start-gateway.ts';

const stage = new Stage();
let upstream: TestServer;
let gateway: TestGateway;

const basic = (text: string | Buffer): { Authorization: string } => ({
  Authorization: `Basic ${Buffer.from(text).toString('base64')}`,
});

beforeAll(async () => {
  upstream = stage.keep(await startEcho());
  const [alice, bob, old] = await Promise.all(['swordfish', 'pass:wörd', 'x'].map((each) => hashPassword(each)));
  const users = {
    alice: { hash: alice ?? '', claims: { team: 'ops' }, scopes: ['admin'] },
    bøb: bob ?? '',
    old: { hash: old ?? '', expires: '2020-01-01T12:00:00' },
  };
  const headers = { 'x-user': 'sub', 'x-team': 'team' };
  gateway = await stage.protect(upstream, { basic: { users, realm: 'The "inner" circle', headers, remove: true } });
});
afterAll(() => stage.close());

describe('a user name and a password', () => {
  it('let in, and the upstream is told who it is, not the password', async () => {
    const { status, echo } = await ask(gateway.url, basic('alice:swordfish'));
    expect([status, echo.headers['x-user'], echo.headers['x-team']]).toEqual([200, 'alice', 'ops']);
    expect(echo.headers['authorization']).toBeUndefined();
    const other = await ask(gateway.url, basic('bøb:pass:wörd'));
    expect([other.status, other.echo.headers['x-user']]).toEqual([200, 'b%C3%B8b']);
  });

  it.each<[string, string, Record<string, string>]>([
    ['auth-required', 'nothing', {}],
    ['auth-required', 'another scheme', { Authorization: 'Bearer abc' }],
    ['password-invalid', 'a wrong password', basic('alice:swordfisH')],
    ['password-invalid', 'no password', basic('alice:')],
    ['password-invalid', 'a stranger', basic('eve:swordfish')],
    ['password-invalid', 'a stranger who is an object', basic('constructor:x')],
    ['password-invalid', 'somebody whose time is over', basic('old:x')],
    ['password-invalid', 'no colon', basic('alice')],
    ['password-invalid', 'a control character', basic('alice:sword\nfish')],
    ['password-invalid', 'Latin-1', basic(Buffer.from('bøb:pass:wörd', 'latin1'))],
    ['password-invalid', 'no base64', { Authorization: 'Basic alice:swordfish' }],
    ['password-invalid', 'something behind it', { Authorization: `${basic('alice:swordfish').Authorization} x` }],
  ])('(%s) %s', async (code, _, headers) => {
    const answer = await ask(gateway.url, headers);
    expect(answer).toMatchObject({ status: 401, code, challenge: `Basic realm="The 'inner' circle", charset="UTF-8"` });
  });

  describe('that many send at a time', () => {
    let busy: TestGateway;
    beforeAll(async () => {
      busy = await stage.protect(upstream, { basic: { users: { alice: cheapHash('swordfish') } } });
      expect((await ask(busy.url, basic('alice:swordfish'))).status).toBe(200);
    });

    it('are checked a few at a time, the rest is told to come back, and who is known does not wait', async () => {
      const guesses = Array.from({ length: 100 }, (_, index) => ask(busy.url, basic(`alice:guess-${index}`)));
      const first = await Promise.any(
        guesses.map(async (guess) => ((await guess).status === 503 ? guess : Promise.reject(new Error()))),
      );
      expect(first).toMatchObject({ code: 'auth-unavailable', detail: expect.stringContaining('Too many passwords') });
      expect(first.response.headers.get('retry-after')).toBe('1');
      // Were it to be checked, there would be no room for it.
      expect((await ask(busy.url, basic('alice:swordfish'))).status).toBe(200);
      const codes = new Set((await Promise.all(guesses)).map(({ code }) => code));
      expect(codes).toEqual(new Set(['password-invalid', 'auth-unavailable']));
      expect(busy.records.some(({ upstreamFailure }) => upstreamFailure === 'passwords: too many at once')).toBe(true);
    });

    it('are checked once if they are the same', async () => {
      const same = Array.from({ length: 100 }, () => ask(busy.url, basic('alice:wrong')));
      expect(new Set((await Promise.all(same)).map(({ code }) => code))).toEqual(new Set(['password-invalid']));
    });
  });
});

/** As cheap as may be, so that a test can have many checked. */
function cheapHash(password: string): string {
  const salt = randomBytes(16);
  const hash = scryptSync(password, salt, 32, { N: 2 ** 13, r: 8, p: 1 });
  const text = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
  return formatPasswordHash({ ln: 13, r: 8, p: 1, salt: text(salt), hash: text(hash) });
}
