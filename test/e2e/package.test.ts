import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from '../fixtures/running.ts';
import { makeTempFolder, type TempFolder } from '../fixtures/temp-folder.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** A project of somebody who has nothing but the package. */
let folder: TempFolder;

beforeAll(() => {
  folder = makeTempFolder({
    'package.json': JSON.stringify({ name: 'somebody', private: true, type: 'module' }),
    'oneorigin.yaml': 'listen: 127.0.0.1:0\nroutes: [{ path: /hello, respond: { body: hello } }]\n',
    'broken.yaml': 'listen: 127.0.0.1:0\nroutes: [{ path: /hello, respnod: { body: hello } }]\n',
  });
  // Without its scripts: a build here would take dist/ away from the tests beside this one.
  const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder.path];
  execFileSync('npm', pack, { cwd: ROOT, stdio: 'ignore' });
  const tarball = readdirSync(folder.path).find((name) => name.endsWith('.tgz')) ?? '';
  const install = ['install', `./${tarball}`, '--no-audit', '--no-fund', '--prefer-offline'];
  execFileSync('npm', install, { cwd: folder.path, stdio: 'ignore' });
}, 120_000);

afterAll(() => folder.remove());

/** Runs a program in that project. */
function run(program: string, ...args: readonly string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder.path, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

function runModule(text: string): { status: number | null; output: string } {
  folder.write('program.mjs', text);
  return run(process.execPath, 'program.mjs');
}

describe('the installed package', () => {
  it('brings what its users read, and none of our tests', () => {
    const files = execFileSync('find', ['node_modules/oneorigin', '-type', 'f'], {
      cwd: folder.path,
      encoding: 'utf8',
    });
    for (const name of ['README.md', 'LICENSE', 'CHANGELOG.md', 'schema.json', 'docs/errors.md', 'dist/index.d.ts']) {
      expect(files).toContain(`node_modules/oneorigin/${name}\n`);
    }
    expect(files).toContain('examples/quickstart/start.mjs');
    expect(files).not.toMatch(/\.test\.|oneorigin\/src\/|\.map\n/);
    expect(files).toContain('examples/edge-worker/wrangler.toml');
  });

  it('has a command line', () => {
    expect(run('npx', 'oneorigin', '--version').output).toContain('0.1.0');
    expect(run('npx', 'oneorigin', 'check')).toMatchObject({ status: 0 });
    const explained = run('npx', 'oneorigin', 'explain', 'upstream-refused', '--stack', 'caddy');
    expect(explained.output).toMatch(/^upstream-refused\n[^]*Caddyfile/);
    const broken = run('npx', 'oneorigin', 'check', '-c', 'broken.yaml');
    expect(broken.status).toBe(1);
    expect(broken.output).toContain('Did you mean `respond`?');
  });

  it('serves', async () => {
    const main = join(folder.path, 'node_modules/oneorigin/dist/cli/main.js');
    const gateway = await start(main, ['serve'], { until: /listens on (\S+)/, cwd: folder.path });
    expect(await (await fetch(`${gateway.match[1]}/hello`)).text()).toBe('hello');
    expect(await gateway.stop()).toBe(0);
  });

  it('is a library', () => {
    const ran = runModule(`
      import { createGateway, defineConfig } from 'oneorigin';
      import { decide, definePolicy } from 'oneorigin/cors';
      const gateway = createGateway(
        defineConfig({ listen: '127.0.0.1:0', log: { access: false }, routes: [{ respond: { body: 'hello' } }] }),
      );
      const [address] = await gateway.listen();
      console.log(await (await fetch(address.url)).text());
      await gateway.close();
      const policy = definePolicy({ origins: 'https://app.example.com' });
      const request = { method: 'GET', requestMethod: undefined, requestHeaders: undefined, sameOrigin: false };
      console.log(decide(policy, { ...request, origin: 'https://app.example.com' }).allowed);
      const { createEdgeHandler } = await import('oneorigin/edge');
      const handler = createEdgeHandler({ routes: [{ respond: { body: '\${TEXT}' } }] }, { env: { TEXT: 'edge' } });
      console.log(await (await handler(new Request('https://edge.test/'))).text());
      console.log(import.meta.resolve('oneorigin/schema.json').endsWith('schema.json'));
    `);
    expect(ran).toEqual({ status: 0, output: 'hello\ntrue\nedge\ntrue\n' });
  });

  it('starts its quickstart', async () => {
    const file = join(folder.path, 'node_modules/oneorigin/examples/quickstart/start.mjs');
    const quickstart = await start(file, ['--port', '0'], { until: /Open (\S+)/ });
    expect((await fetch(quickstart.match[1] ?? '')).status).toBe(200);
    expect(await quickstart.stop()).toBe(0);
  });

  it('has types, and they say what is wrong', () => {
    const options = ['--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext'];
    const nodeTypes = ['--typeRoots', join(ROOT, 'node_modules/@types'), '--types', 'node'];
    folder.write(
      'right.ts',
      `import { createGateway, defineConfig, type AccessRecord, type Config, type GatewayAddress } from 'oneorigin';
       import { decide, definePolicy, type Decision, type PolicyOptions } from 'oneorigin/cors';
       const policy: PolicyOptions = { origins: ['https://app.example.com'], maxAge: '2h' };
       const config: Config = defineConfig({ cors: { p: policy }, routes: [{ path: '/*', proxy: 'http://x', cors: 'p' }] });
       const seen: AccessRecord[] = [];
       const gateway = createGateway(config, { onExchange: (record) => seen.push(record) });
       export const addresses: Promise<readonly GatewayAddress[]> = gateway.listen();
       export const decision: Decision = decide(definePolicy(policy), { method: 'GET', origin: undefined,
         requestMethod: undefined, requestHeaders: undefined, sameOrigin: false });
       import { createEdgeHandler, type EdgeHandler } from 'oneorigin/edge';
       interface Env { readonly GITHUB_TOKEN: string; readonly BUCKET: { get(): void } }
       declare const env: Env;
       export const handler: EdgeHandler = createEdgeHandler(config, { env, onProblem: ({ code }) => console.log(code) });
       export const worker: { fetch(request: Request, env: Env, context: object): Promise<Response> } = { fetch: handler };
       export const deno: (request: Request, info: { readonly hostname: string }) => Promise<Response> =
         createEdgeHandler(config, { clientAddress: (_: Request, info: { readonly hostname: string }) => info.hostname });
       // @ts-expect-error: no such key
       defineConfig({ rotues: [] });
       // @ts-expect-error: no such action
       defineConfig({ routes: [{ path: '/*', prxoy: 'http://x' }] });`,
    );
    expect(run(process.execPath, TSC, ...options, ...nodeTypes, 'right.ts')).toEqual({ status: 0, output: '' });
  });
});
