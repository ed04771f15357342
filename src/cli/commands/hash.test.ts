import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { FakeTerminal } from '../../../test/fixtures/fake-terminal.ts';
import { PasswordChecks } from '../../features/auth/basic/password-checks.ts';
import { run } from '../run.ts';

async function command(args: readonly string[], piped?: string): Promise<{ code: number; out: string; err: string }> {
  const terminal = new FakeTerminal('.');
  terminal.piped = piped;
  const code = await run(args, terminal);
  return { code, out: terminal.output, err: terminal.errors };
}

describe('hash-key', () => {
  it('makes a key that nobody could guess, another one each time, and the hash that sha256sum makes of it', async () => {
    const made = await Promise.all([command(['hash-key', '--prefix', 'acme']), command(['hash-key'])]);
    const [first, second] = made.map(({ out }) => /^key {3}(\S+)\nhash {2}sha256:([\da-f]{64})\n$/.exec(out));
    expect(first?.[1]).toMatch(/^acme_[\w-]{43}$/);
    expect(second?.[1]).toMatch(/^key_[\w-]{43}$/);
    const { stdout } = spawnSync('sha256sum', { input: first?.[1] ?? '', encoding: 'utf8' });
    expect(stdout.split(' ')[0]).toBe(first?.[2]);
  });

  it('hashes a key that is in use, and says it to nobody', async () => {
    const key = 'a-key-that-others-made-12345';
    const { code, out } = await command(['hash-key', '--stdin', '--json'], `${key}\n`);
    expect([code, JSON.parse(out)]).toEqual([0, { ok: true, hash: expect.stringMatching(/^sha256:/) }]);
    expect((await command(['hash-key', '--stdin'], key)).out.trim()).toBe((JSON.parse(out) as { hash: string }).hash);
  });

  it.each([
    [['hash-key', '--stdin'], 'swordfish', 'cli-key-weak'],
    [['hash-key', '--stdin'], undefined, 'cli-key-weak'],
    [['hash-key', '--stdin'], 'with a space in it, and long', 'cli-key-weak'],
    [['hash-key', '--prefix', 'a b'], undefined, 'cli-prefix-invalid'],
    [['hash-password'], undefined, 'cli-password-missing'],
    [['hash-password'], '\n', 'cli-password-missing'],
    [['hash-password'], 'two\nlines', 'cli-password-missing'],
  ] as const)('%j of %j is refused: %s', async (args, piped, problem) => {
    const { code, out, err } = await command(args, piped);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`error[${problem}]`);
  });
});

describe('hash-password', () => {
  it('hashes with a salt, as a login is checked', async () => {
    const hashes = await Promise.all([1, 2].map(async () => (await command(['hash-password'], 'schön\n')).out.trim()));
    expect(hashes[0]).not.toBe(hashes[1]);
    expect(hashes[0]).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[\w+/]{22}\$[\w+/]{43}$/);
    const checks = new PasswordChecks();
    expect(await checks.check('schön', hashes[0] ?? '')).toBe(true);
    expect(await checks.check('schon', hashes[0] ?? '')).toBe(false);
  });
});
