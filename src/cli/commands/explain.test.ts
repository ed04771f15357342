import { describe, expect, it } from 'vitest';
import { FakeTerminal } from '../../../test/fixtures/fake-terminal.ts';
import { run } from '../run.ts';

const MESSAGE =
  "Access to fetch at 'https://api.example.com/users' from origin 'https://app.example.com' has been blocked by CORS policy: Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.";

async function explain(words: readonly string[], piped?: string): Promise<{ code: number; terminal: FakeTerminal }> {
  const terminal = new FakeTerminal('.');
  terminal.piped = piped;
  return { code: await run(['explain', ...words], terminal), terminal };
}

describe('oneorigin explain', () => {
  it.each([
    ['as an argument', [MESSAGE], undefined],
    ['as words without quotes', MESSAGE.split(' '), undefined],
    ['on standard input', [], `${MESSAGE}\n`],
  ])('explains a text %s', async (_how, words, piped) => {
    const { code, terminal } = await explain(words, piped);
    expect(terminal.output).toContain('[method-not-allowed]');
    expect(terminal.output).toContain(
      'oneorigin doctor https://api.example.com/users --origin https://app.example.com --method PUT',
    );
    expect(terminal.errors).toBe('');
    expect(code).toBe(0);
  });

  it.each([
    ['doctor-preflight-auth', 'authentication comes before CORS'],
    ['error[config-unknown-key]', 'There is no option'],
    ['upstream-refused', 'The upstream refused the connection'],
    ['scheme', 'Browsers ask other origins only by'],
  ])('explains the code %s', async (text, said) => {
    const { code, terminal } = await explain([text]);
    expect(terminal.output).toContain(said);
    expect(terminal.output).not.toMatch(/\]\(|<!--/);
    expect(code).toBe(0);
    expect((await explain([], `${text}\n`)).terminal.output).toBe(terminal.output);
  });

  it('adds a policy for a stack', async () => {
    const { code, terminal } = await explain(['preflight-status', '--stack', 'nginx']);
    expect(terminal.output).toMatch(/^preflight-status\n/);
    expect(terminal.output).toContain('    add_header Access-Control-Allow-Origin $cors_origin always;\n');
    expect(code).toBe(0);
    const wrong = await explain(['preflight-status', '--stack', 'apache']);
    expect(wrong.terminal.errors).toContain('cli-stack-unknown');
    expect(wrong.code).toBe(2);
  });

  it('has pages of 80 columns, but for what is copied', async () => {
    const { terminal } = await explain(['method-not-allowed']);
    expect(terminal.output.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(terminal.output.split('\n').length).toBeGreaterThan(30);
  });

  it('knows what a mistyped code was meant to be', async () => {
    const { code, terminal } = await explain(['preflight-stauts']);
    expect(terminal.errors).toContain('Did you mean `preflight-status`?');
    expect(code).toBe(1);
  });

  it('speaks JSON about codes too', async () => {
    const { terminal } = await explain(['--json', 'preflight-status', '--stack', 'caddy']);
    expect(JSON.parse(terminal.output)).toMatchObject({
      ok: true,
      code: 'preflight-status',
      page: expect.stringMatching(/^# preflight-status\n/) as string,
      stack: { name: 'caddy', page: expect.stringContaining('Caddyfile') as string },
    });
  });

  it('leaves with 1 if nothing is understood, and says so', async () => {
    const { code, terminal } = await explain(['nonsense']);
    expect(terminal.output).toContain('Not understood');
    expect(code).toBe(1);
  });

  it.each([undefined, '', ' \n'])('leaves with 2 if there is no text (%j)', async (piped) => {
    const { code, terminal } = await explain([], piped);
    expect(terminal.errors).toContain('cli-no-text');
    expect(code).toBe(2);
  });

  it('speaks JSON', async () => {
    const { code, terminal } = await explain(['--json', MESSAGE]);
    expect(JSON.parse(terminal.output)).toMatchObject({
      ok: true,
      findings: [
        {
          code: 'method-not-allowed',
          step: 'H',
          data: { method: 'PUT' },
          next: { missing: [] },
          help: 'oneorigin explain method-not-allowed',
        },
      ],
      origins: ['https://api.example.com', 'https://app.example.com'],
    });
    expect(code).toBe(0);
    const failed = await explain(['--json', 'nonsense']);
    expect(JSON.parse(failed.terminal.output)).toMatchObject({
      ok: false,
      findings: [],
      unknown: [{ text: 'nonsense' }],
    });
    expect(failed.code).toBe(1);
  });

  it('keeps to 80 columns, but for commands and what has no blanks', async () => {
    const { terminal } = await explain([], `${MESSAGE}\nFailed to fetch\nCORS ${'word '.repeat(100)}`);
    const long = terminal.output.split('\n').filter((line) => line.length > 80);
    expect(long.every((line) => line.startsWith('  next'))).toBe(true);
  });

  it('lets no text speak to the terminal', async () => {
    const { terminal } = await explain(
      [],
      "The 'Access-Control-Allow-Origin' header has a value '\u009B31m\u202E\u0007' that is not equal to the supplied origin.",
    );
    expect(terminal.output).toContain('[allow-origin-mismatch]');
    expect(terminal.output).not.toMatch(/[\u009B\u0007\u202E]/);
  });
});
