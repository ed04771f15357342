import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { CLI, start } from '../fixtures/running.ts';
import { makeTempFolder, type TempFolder } from '../fixtures/temp-folder.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const YAML =
  'listen: 127.0.0.1:0\ncors: { p: { origins: https://*.example.com } }\nroutes: [{ proxy: http://a, cors: p }]\n';
const SCRIPT = "export default { listen: '127.0.0.1:0', routes: [{ respond: 204 }] };\n";
/** Writes down which of Node's own modules were loaded. */
const REPORT = `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(process.env.REPORT, JSON.stringify(process.moduleLoadList)));`;

const folders: TempFolder[] = [];
afterEach(() => folders.splice(0).forEach((folder) => folder.remove()));

function temp(files: Readonly<Record<string, string>>): TempFolder {
  const folder = makeTempFolder(files);
  folders.push(folder);
  return folder;
}

/** What `serve` has loaded when it listens: files, and Node's own modules. */
async function loadedBy(config: string, text: string): Promise<{ files: string[]; builtins: string[] }> {
  const { path } = temp({ [config]: text, 'report.mjs': REPORT });
  const [coverage, report] = [join(path, 'coverage'), join(path, 'report.json')];
  const env = { NODE_V8_COVERAGE: coverage, REPORT: report, NODE_OPTIONS: `--import=${join(path, 'report.mjs')}` };
  const gateway = await start(CLI, ['serve', '-c', config], { until: /listens on/, cwd: path, env });
  expect(await gateway.stop()).toBe(0);
  const scripts = readdirSync(coverage).flatMap(
    (file) => (JSON.parse(readFileSync(join(coverage, file), 'utf8')) as { result: { url: string }[] }).result,
  );
  const files = scripts.map(({ url }) => url).filter((url) => url.startsWith('file:') && !url.endsWith('/report.mjs'));
  return {
    files: [...new Set(files.map((url) => fileURLToPath(url)))],
    builtins: JSON.parse(readFileSync(report, 'utf8')) as string[],
  };
}

/** The command line alone, without any package. */
function alone(files: Readonly<Record<string, string>> = {}): { folder: string; run: (...args: string[]) => object } {
  const { path: folder } = temp(files);
  cpSync(dirname(CLI), join(folder, 'dist/cli'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of ['NODE_COMPILE_CACHE', 'NODE_DISABLE_COMPILE_CACHE']) delete env[name];
  const run = (...args: string[]): object => {
    const main = join(folder, 'dist/cli/main.js');
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  return { folder, run };
}

describe('starting `serve`', () => {
  it('reads two files of ours, and no package', async () => {
    const { files } = await loadedBy('oneorigin.yaml', YAML);
    expect(files.toSorted()).toEqual([CLI, join(dirname(CLI), 'run.js')]);
  });

  it('loads what reads programs for a config that is one', async () => {
    const { files } = await loadedBy('oneorigin.ts', SCRIPT);
    expect(files.filter((file) => file.includes('/node_modules/jiti/'))).not.toEqual([]);
  });

  it("does without Node's own HTTP and fetch", async () => {
    const { builtins } = await loadedBy('oneorigin.yaml', YAML);
    expect(builtins).toContain('NativeModule net');
    expect(builtins.filter((name) => / (?:http|_http_\w+|internal\/deps\/undici\/\w+)$/.test(name))).toEqual([]);
  });
});

describe('the built command line', () => {
  it('needs no package for a config that is no program', () => {
    const { run } = alone({ 'oneorigin.yaml': YAML });
    expect(run('check')).toMatchObject({ status: 0, stderr: '' });
  });

  it('brings the licences of the packages in it', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: object };
    const licences = readFileSync(join(dirname(CLI), 'LICENSES.txt'), 'utf8');
    const named = Object.keys(dependencies).filter(
      (name) => licences.includes(`\n${name} `) || licences.startsWith(`${name} `),
    );
    expect(named).toEqual(Object.keys(dependencies).filter((name) => name !== 'jiti'));
  });
});

describe('compiled code', () => {
  const works = { status: 0, stdout: '0.1.0\n', stderr: '' };

  it('is kept beside the code, for the next start, where Node can', () => {
    const { folder, run } = alone();
    expect([run('--version'), run('--version')]).toEqual([works, works]);
    if (!('enableCompileCache' in nodeModule)) return expect(existsSync(join(folder, '.cache'))).toBe(false);
    expect(readdirSync(join(folder, '.cache'))).toHaveLength(1);
    expect(statSync(join(folder, '.cache')).mode & 0o777).toBe(0o700);
  });

  it("isn't missed where it can't be kept", () => {
    const { folder, run } = alone({ '.cache': 'a file, where nobody can make a folder, root included' });
    expect([run('--version'), run('--version')]).toEqual([works, works]);
    expect(existsSync(join(folder, '.cache/'))).toBe(false);
  });
});
