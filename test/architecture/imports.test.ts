import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Import, importsOf, readSource, ROOT, sourceFiles } from './source-files.ts';

interface Layer {
  /** The layers it may import, beside itself. */
  readonly layers: readonly string[];
  /** It runs in browsers and Workers: nothing of Node, and these packages only. */
  readonly pure?: readonly string[];
}

const GROUND = ['protocol', 'diagnostics'];
const MODEL = [...GROUND, 'routing', 'config'];
const SERVING = [...MODEL, 'cors', 'guard', 'wire', 'upstream', 'tls', 'observe'];

/** Who may import whom. */
const LAYERS: Readonly<Record<string, Layer>> = {
  protocol: { layers: [], pure: [] },
  diagnostics: { layers: [], pure: [] },
  cors: { layers: GROUND, pure: ['tldts'] },
  routing: { layers: GROUND, pure: [] },
  guard: { layers: [...GROUND, 'cors', 'routing'], pure: ['ipaddr.js'] },
  explain: { layers: [...GROUND, 'cors'], pure: [] },
  // Of features and actions: their options, see `mayImport`.
  config: { layers: [...GROUND, 'cors', 'routing', 'guard'] },
  wire: { layers: MODEL },
  tls: { layers: MODEL },
  // Of the guard: what an address leads to.
  upstream: { layers: [...MODEL, 'wire', 'tls', 'guard'] },
  observe: { layers: [...MODEL, 'wire', 'upstream'] },
  features: { layers: SERVING },
  actions: { layers: SERVING },
  gateway: { layers: [...SERVING, 'features', 'actions'] },
  // Of config: what needs nothing of Node, see "what edge runtimes load".
  edge: { layers: [...MODEL, 'cors', 'guard'], pure: [] },
  // Of config: its types, see `mayImport`.
  doctor: { layers: [...GROUND, 'cors'] },
  translate: { layers: [...GROUND, 'cors'] },
  cli: { layers: [...SERVING, 'features', 'actions', 'gateway', 'doctor', 'translate', 'explain'] },
};

const OPTIONS = /^(?:features|actions)\/[^/]+\/options\.ts$/;

const isTest = (file: string): boolean => file.endsWith('.test.ts');
const layerOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '');
const partOf = (file: string): string | undefined => /^(?:features|actions)\/([^/]+)\//.exec(file)?.[1];
const packageOf = (specifier: string): string => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '';

/** Whether the table allows an import of ours. Files right below src are entry points: they may import all but the CLI. */
function mayImport({ from, typeOnly }: Import, to: string): boolean {
  const [source, target] = [layerOf(from), layerOf(to)];
  if (target === '' || isTest(to)) return false;
  if (source === '') return target !== 'cli';
  if (source === target) return !isSibling(from, to);
  if (source === 'config' && OPTIONS.test(to)) return true;
  // What the doctor makes of an exchange that it is told of: it asks nobody.
  if (source === 'gateway' && target === 'doctor') return to === 'doctor/live/index.ts';
  if (target === 'config' && (source === 'doctor' || source === 'translate')) return typeOnly;
  return LAYERS[source]?.layers.includes(target) ?? false;
}

/** One feature or action importing another. What lies beside their folders is for all of them. */
function isSibling(from: string, to: string): boolean {
  const [source, target] = [partOf(from), partOf(to)];
  return target !== undefined && source !== target;
}

/** Whether a file's code, its comments left out, calls on what only Node has. */
function usesNodeGlobals(file: string): boolean {
  const globals = /\b(?:process|Buffer|require|global|setImmediate|__dirname)\s*[.(]/;
  const lines = readSource(file).split('\n');
  return lines.some((line) => !/^\s*(?:\/?\*|\/\/)/.test(line) && globals.test(line));
}

/** Every file that is loaded with one, itself among them. */
function loadedBy(entry: string): ReadonlySet<string> {
  const loaded = new Set([entry]);
  for (const file of loaded) {
    for (const { from, to, typeOnly } of imports) if (from === file && to !== undefined && !typeOnly) loaded.add(to);
  }
  return loaded;
}

const files = sourceFiles().filter((file) => !isTest(file));
const imports = files.flatMap((file) => importsOf(file));
const told = (found: readonly Import[]): string[] => found.map(({ from, specifier }) => `${from} imports ${specifier}`);

describe('the layers', () => {
  it('are all in the table', () => {
    expect(files.map(layerOf).filter((layer) => layer !== '' && !(layer in LAYERS))).toEqual([]);
  });

  it('import only what the table allows', () => {
    expect(told(imports.filter((one) => one.to !== undefined && !mayImport(one, one.to)))).toEqual([]);
  });

  it('import files that exist, by their full name', () => {
    const wrong = imports.filter(({ to }) => to !== undefined && !existsSync(join(ROOT, 'src', to)));
    expect(told(wrong)).toEqual([]);
  });

  it.each(Object.entries(LAYERS).filter(([, layer]) => layer.pure !== undefined))(
    'in browsers: %s imports nothing of Node and no other package',
    (name, { pure = [] }) => {
      const foreign = imports.filter(({ from, to }) => layerOf(from) === name && to === undefined);
      expect(told(foreign.filter(({ specifier }) => !pure.includes(packageOf(specifier))))).toEqual([]);
    },
  );

  it("in browsers use none of Node's globals", () => {
    const users = files.filter((file) => usesNodeGlobals(file));
    expect(users.filter((file) => LAYERS[layerOf(file)]?.pure !== undefined)).toEqual([]);
  });

  it('that edge runtimes load import nothing of Node, wherever they are', () => {
    const loaded = loadedBy('edge/index.ts');
    expect(loaded).toContain('config/resolve.ts');
    const foreign = imports.filter(({ from, to, typeOnly }) => loaded.has(from) && to === undefined && !typeOnly);
    const packages = new Set(foreign.map(({ specifier }) => packageOf(specifier)));
    expect([...packages].toSorted()).toEqual(['ipaddr.js', 'tldts', 'zod']);
    expect([...loaded].filter((file) => usesNodeGlobals(file))).toEqual([]);
  });

  it('import only packages that are installed with us', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, object | undefined>;
    const installed = {
      ...manifest['dependencies'],
      ...manifest['optionalDependencies'],
      ...manifest['peerDependencies'],
    };
    const foreign = imports.filter(({ to, specifier }) => to === undefined && !specifier.startsWith('node:'));
    expect(told(foreign.filter(({ specifier }) => !(packageOf(specifier) in installed)))).toEqual([]);
  });
});

describe('this very test', () => {
  it('sees imports in every form', () => {
    const text = `import a from './a.ts';
import type { B } from "../b.ts";
import {
  c,
  type D,
} from './c/d.ts';
import './bare.ts';
export { e } from './e.ts';
export type { F } from './f.ts';
export * from './g.ts';
import pkg from '@scope/pkg/sub';
const h = await import('./h.ts');
// import x from './comment.ts'
export const text = 'no import';
`;
    const found = importsOf('layer/file.ts', text);
    expect(found.map(({ to, specifier }) => to ?? specifier)).toEqual([
      'layer/a.ts',
      'b.ts',
      'layer/c/d.ts',
      'layer/bare.ts',
      'layer/e.ts',
      'layer/f.ts',
      'layer/g.ts',
      '@scope/pkg/sub',
      'layer/h.ts',
    ]);
    expect(found.filter(({ typeOnly }) => typeOnly)).toHaveLength(2);
    expect(imports.length).toBeGreaterThan(100);
  });

  it.each([
    ['cors/decide.ts', 'wire/exchange.ts'],
    ['actions/files/files.ts', 'actions/redirect/redirect.ts'],
    ['features/cors/filter.ts', 'actions/files/files.ts'],
    ['actions/files/files.ts', 'features/filter.ts'],
    ['config/schema/schema.ts', 'actions/files/files.ts'],
    ['gateway/gateway.ts', 'cli/main.ts'],
    ['index.ts', 'cli/main.ts'],
    ['doctor/probe.ts', 'gateway/gateway.ts'],
    ['gateway/gateway.ts', 'doctor/examine.ts'],
    ['doctor/probe.ts', 'config/model.ts'],
    ['doctor/probe.ts', 'explain/explain.ts'],
    ['explain/explain.ts', 'config/model.ts'],
    ['wire/exchange.ts', 'upstream/upstream.ts'],
    ['wire/exchange.ts', 'cors/index.ts'],
    ['gateway/gateway.ts', 'index.ts'],
    ['wire/exchange.ts', 'config/config.test.ts'],
    ['edge/handler.ts', 'actions/guard/guard.ts'],
    ['edge/handler.ts', 'wire/problem.ts'],
    ['gateway/gateway.ts', 'edge/index.ts'],
    ['unheard-of/x.ts', 'protocol/token.ts'],
  ])('would not let %s import %s', (from, to) => {
    expect(mayImport({ from, to, specifier: to, typeOnly: false }, to)).toBe(false);
  });
});
