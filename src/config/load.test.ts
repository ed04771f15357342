import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findConfig, loadConfig, parseConfig } from './index.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oneorigin-config-'));
  mkdirSync(join(folder, 'dist'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('a config file', () => {
  it('is found by its name, YAML first', () => {
    expect(findConfig(folder)).toBeUndefined();
    write('oneorigin.json', '{}');
    expect(findConfig(folder)).toBe(join(folder, 'oneorigin.json'));
    write('oneorigin.yml', '');
    expect(findConfig(folder)).toBe(join(folder, 'oneorigin.yml'));
  });

  it('has its relative paths begin at its own folder', async () => {
    const loaded = await loadConfig(write('files.yaml', 'routes: [{ path: /*, files: ./dist }]'));
    expect(loaded).toMatchObject({ model: { routes: [{ action: { kind: 'files', root: join(folder, 'dist') } }] } });
  });

  it('may be a program that imports this package, wherever it lies', async () => {
    const text = `import { defineConfig } from 'oneorigin';
      import { definePolicy } from 'oneorigin/cors';
      const origins: string[] = ['https://app.example.com'];
      definePolicy({ origins });
      export default defineConfig({ cors: { default: { origins } }, routes: [{ path: '/*', files: './dist' }] });`;
    const loaded = await loadConfig(write('program.ts', text));
    expect(loaded).toMatchObject({ model: { routes: [{ cors: { name: 'default' } }] }, warnings: [] });
    const plain = await loadConfig(write('program.mjs', 'export default { routes: [{ respond: 204 }] };'));
    expect(plain).toMatchObject({ model: { routes: [{ label: '/*' }] } });
  });

  it('is read anew each time', async () => {
    const file = write('again.mjs', 'export default { routes: [{ respond: 204 }] };');
    await loadConfig(file);
    write('again.mjs', 'export default { routes: [{ respond: 404 }] };');
    expect(await loadConfig(file)).toMatchObject({ model: { routes: [{ action: { status: 404 } }] } });
  });

  it('that is not there, is a folder or throws is a problem, not an exception', async () => {
    const codes = async (file: string): Promise<unknown> => {
      const loaded = await loadConfig(file);
      return 'problems' in loaded ? loaded.problems.map(({ code, data }) => [code, data['cause']]) : loaded;
    };
    expect(await codes(join(folder, 'none.yaml'))).toEqual([['config-file-unreadable', 'ENOENT']]);
    expect(await codes(join(folder, 'none.ts'))).toEqual([['config-file-unreadable', 'ENOENT']]);
    expect(await codes(folder)).toEqual([['config-file-unreadable', 'EISDIR']]);
    expect(await codes(write('throws.ts', "throw new Error('away')"))).toEqual([['config-module-failed', 'away']]);
    expect(await codes(write('broken.ts', 'export default {'))).toMatchObject([
      ['config-module-failed', expect.any(String)],
    ]);
    expect(await codes(write('getter.mjs', "export default { get routes() { throw new Error('no') } }"))).toEqual([
      ['config-unreadable', 'no'],
    ]);
  });
});

describe('a config text', () => {
  const yaml = (text: string, env: Record<string, string> = {}) =>
    parseConfig(text, 'yaml', { env, checkFiles: false });

  it('takes numbers and booleans as well as texts from variables', () => {
    const text = `
      limits: { headerCount: '\${MAX}', body: '\${MAX}' }
      explain: \${EXPLAIN}
      log: { access: '\${EXPLAIN}' }
      routes: [{ respond: { body: '\${MAX}' } }]`;
    expect(yaml(text, { MAX: '50', EXPLAIN: 'true' })).toMatchObject({
      model: {
        limits: { headerCount: 50, body: 50 },
        explain: true,
        log: { access: 'on' },
        routes: [{ action: { body: '50' } }],
      },
    });
  });

  it('may use anchors and merge keys', () => {
    const text = `
      x-server: &server http://127.0.0.1:8081
      routes:
        - &api { path: /a/*, proxy: *server }
        - { <<: *api, path: /b/* }`;
    expect(yaml(text)).toMatchObject({ model: { routes: [{ label: '/a/*' }, { label: '/b/*' }] }, warnings: [] });
  });

  it('may be JSON with tabs', () => {
    const result = parseConfig('{\n\t"routes": [\n\t\t{ "respond": 204 }\n\t]\n}', 'json');
    expect(result).toMatchObject({ model: { routes: [{ action: { status: 204 } }] } });
  });

  it('points into aliases and merged keys as far as it can', () => {
    const result = yaml('routes:\n  - &a { path: /a, respond: 20 }\n  - { <<: *a, path: /b }');
    const lines = 'problems' in result ? result.problems.map(({ place }) => place?.line) : [];
    expect(lines).toEqual([2, 3]);
  });

  it('that explodes when its aliases are expanded is refused', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (let index = 0; index < 8; index += 1) {
      const name = String.fromCharCode(97 + index);
      lines.push(
        `${String.fromCharCode(98 + index)}: &${String.fromCharCode(98 + index)} [${`*${name}, `.repeat(10)}]`,
      );
    }
    expect(yaml(lines.join('\n'))).toMatchObject({ problems: [{ code: 'yaml-syntax' }] });
  });
});
