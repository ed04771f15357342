import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Config } from '../../src/index.ts';
import { CLI, start } from '../fixtures/running.ts';
import { serve, startGateway } from '../fixtures/servers.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const page = (name: string): string => readFileSync(`${ROOT}${name}`, 'utf8');

/** The pieces of code of that language on a page. */
function codeOf(name: string, language: string): string[] {
  const fence = new RegExp(`^ *\`\`\`${language}\\n([^]*?)^ *\`\`\``, 'gm');
  return [...page(name).matchAll(fence)].map((match) => match[1] ?? '');
}

/** Runs a module as if it lay in this project, where `oneorigin` is the package itself. */
async function run(program: string): Promise<string> {
  const args = ['--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  return stdout;
}

describe('README.md', () => {
  const [gateway = '', cors = ''] = codeOf('README.md', 'js');

  it('shows a program that runs a gateway', async () => {
    // Any port and a folder that is there: the rest as it's written.
    const program = gateway.replace('127.0.0.1:8080', '127.0.0.1:0').replace('./dist', './docs');
    expect(program).not.toBe(gateway);
    expect(await run(program)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
  });

  it('shows a program that decides', async () => {
    const output = await run(cors);
    expect(output).toContain('true [');
    expect(output).toContain("'Access-Control-Allow-Methods', 'PUT'");
  });
});

describe('docs/browser-model.md', () => {
  it('shows a program, and what it prints', async () => {
    const [program = ''] = codeOf('docs/browser-model.md', 'js');
    const [output] = codeOf('docs/browser-model.md', 'text');
    expect(await run(program)).toBe(output);
  });
});

describe('docs/errors.md', () => {
  const [example = ''] = codeOf('docs/errors.md', 'yaml');
  const [shown = ''] = codeOf('docs/errors.md', 'json');

  it('shows the answer that its example gives to the page', async () => {
    const closed = await serve(() => {});
    await closed.close();
    const config = parse(example.replace(':8000', `:${closed.port}`)) as Config;
    const gateway = await startGateway(config);
    const origin = 'https://app.example.com';
    const response = await fetch(`${gateway.origin}/api/users`, { headers: { Origin: origin } });
    const documented = JSON.parse(shown) as { requestId: string };
    expect(response.status).toBe(502);
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({ ...documented, requestId: gateway.records[0]?.id });
    await gateway.close();
  });
});

describe('docs/proxying.md', () => {
  const [example = ''] = codeOf('docs/proxying.md', 'yaml');

  it('forwards the paths that its example says', async () => {
    const upstream = await serve((request, response) => response.end(request.url));
    const local = `127.0.0.1:${upstream.port}`;
    const moved = example.replaceAll(/(?:127\.0\.0\.1|localhost):(?!8080)\d+/g, local);
    // Nobody can be listed twice.
    const config = parse(moved.replace(`${local}, http://${local}`, local)) as Config;
    const gateway = await startGateway({ ...config, listen: '127.0.0.1:0' });
    const paths = ['/api/users/1?a=1', '/legacy/page', '/shop/7/items/2', '/elsewhere'];
    const forwarded = await Promise.all(paths.map(async (path) => (await fetch(gateway.origin + path)).text()));
    expect(forwarded).toEqual(['/api/users/1?a=1', '/page', '/v2/shops/7/items/2', '/elsewhere']);
    const [seen] = upstream.seen;
    expect(seen?.headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': `localhost:${gateway.port}`,
      'x-real-ip': '127.0.0.1',
    });
    await Promise.all([gateway.close(), upstream.close()]);
  });
});

describe('docs/dev.md', () => {
  const [command = ''] = codeOf('docs/dev.md', 'sh');
  const [shown = ''] = codeOf('docs/dev.md', 'text');
  const [config = ''] = codeOf('docs/dev.md', 'yaml');

  it('shows what its command prints', async () => {
    const args = command.trim().split(' ').slice(1);
    const running = await start(CLI, [...args, '--port', '0'], { until: /One origin: \S+:(\d+)[^]*5173/ });
    await running.stop();
    const printed = running.output().replace(`:${running.match[1]}`, ':8080');
    expect(printed.trim()).toBe(shown.trim());
  });

  it('shows the config that is the same', async () => {
    const { devConfig, parseMappings } = await import('../../src/cli/dev-config.ts');
    const mappings = parseMappings(command.trim().split(' ').slice(2));
    if ('problems' in mappings) throw new Error('the command is wrong');
    const { routes = [], ...rest } = devConfig(mappings, '127.0.0.1:8080');
    const same = routes.map(({ path, proxy }) => ({ path, proxy })).toReversed();
    expect({ ...rest, routes: same }).toEqual(parse(config));
  });
});
