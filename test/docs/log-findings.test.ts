import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { FakeTerminal } from '../fixtures/fake-terminal.ts';
import { rawRequest } from '../fixtures/raw-request.ts';
import { serve, type TestServer } from '../fixtures/servers.ts';
import { makeTempFolder, type TempFolder } from '../fixtures/temp-folder.ts';

const page = (name: string): string => readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8');

/** The lines of a page's log that have findings. */
const linesOf = (text: string): string[] => text.split('\n').filter((line) => /^\d\d:\d\d:.* · doctor-/.test(line));

/** What differs from one request to the next: time, duration and id. */
const steady = (line: string): string =>
  line
    .replace(/^\S+ /, '')
    .replace(/ [\d.]+ms /, ' Nms ')
    .replace(/ id=\S+/, ' id=N');

let upstream: TestServer;
let folder: TempFolder;

beforeAll(async () => {
  upstream = await serve((_, response) => response.end('[]'), { host: 'localhost' });
});
afterAll(async () => {
  await upstream.close();
  folder.remove();
});

/** Runs a command until `ask` has asked, and returns its log. */
async function logOf(args: readonly string[], ask: (port: number) => Promise<unknown>): Promise<string[]> {
  const terminal = new FakeTerminal(folder.path);
  const ended = run(args, terminal);
  await terminal.running;
  const port = Number(/localhost:(\d+)|127\.0\.0\.1:(\d+)/.exec(terminal.output)?.slice(1).find(Boolean));
  await ask(port);
  terminal.stop();
  expect(await ended).toBe(0);
  return linesOf(terminal.output);
}

describe('docs/logging.md', () => {
  const text = page('logging').split('## Findings')[1] ?? '';
  const config = /^```yaml\n([^]*?)^```/m.exec(text)?.[1] ?? '';

  it('shows what `serve` logs, with the places in the file', async () => {
    const here = `127.0.0.1:${upstream.port}`;
    folder = makeTempFolder({
      // In as many columns, so that places stay.
      'oneorigin.yaml': config.replace('127.0.0.1:8080', '127.0.0.1:0   ').replace('127.0.0.1:8082', here),
    });
    const printed = await logOf(['serve'], async (port) => {
      const preflight = { Origin: 'https://app.example.com', 'Access-Control-Request-Method': 'DELETE' };
      await rawRequest(port, '/api/users/2', { method: 'OPTIONS', headers: preflight });
      const simple = { Host: 'api.example.com:8080', Origin: 'https://shop.example.com' };
      await rawRequest(port, '/api/orders', { headers: simple });
    });
    expect(printed.map((line) => steady(line).replace(here, '127.0.0.1:8082'))).toEqual(linesOf(text).map(steady));
    expect(printed).toHaveLength(2);
  });
});

describe('docs/dev.md', () => {
  const Origin = 'http://localhost:5173';
  const target = (): string => `/api=http://localhost:${upstream.port}`;
  const asked = (port: number): Promise<unknown> =>
    rawRequest(port, '/api/users', { headers: { Host: 'localhost:8080', Origin } });

  it('shows what `dev` logs of a page that was opened elsewhere', async () => {
    const printed = await logOf(['dev', `/=${Origin}`, target(), '--port', '0'], asked);
    expect(printed.map((line) => steady(line).replace(`:${upstream.port}`, ':8000'))).toEqual(
      linesOf(page('dev')).map(steady),
    );
  });

  it('and without the page it says what to map', async () => {
    const [line] = await logOf(['dev', target(), '--port', '0'], asked);
    expect(line).toContain(
      '→ Start `oneorigin dev` with `/=http://localhost:5173` too, and open the page at `http://localhost:8080`.',
    );
  });
});
