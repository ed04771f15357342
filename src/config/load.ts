import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import * as cors from '../cors/index.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Environment } from './env.ts';
import { causeOf, resolveConfig, type ResolveOptions } from './node-machine.ts';
import type { ConfigResult } from './resolve.ts';
import { readSource, type Source } from './source.ts';
import { defineConfig, type Config } from './types.ts';

/** How a config's text is written. */
export type ConfigFormat = 'yaml' | 'json';

/** How a config's text is understood. */
export interface ParseOptions extends ResolveOptions {
  /** Variables for `${NAME}`. Default: the process's. */
  readonly env?: Environment;
  /** The file's name, for messages. */
  readonly file?: string;
}

/** A config with what messages about it need. */
export type LoadedConfig = ConfigResult & {
  readonly file: string;
  /** Undefined if it can't be quoted: a program, or a file that can't be read. */
  readonly text: string | undefined;
  /** Gives a diagnostic about the config its line and column. */
  readonly place: (diagnostic: Diagnostic) => Diagnostic;
};

/** Names looked for where no file is named, in this order. */
export const CONFIG_NAMES: readonly string[] = ['yaml', 'yml', 'json', 'ts', 'mts', 'js', 'mjs'].map(
  (extension) => `oneorigin.${extension}`,
);

/** The config file of a folder, or undefined if it has none. */
export function findConfig(folder: string): string | undefined {
  return CONFIG_NAMES.map((name) => resolve(folder, name)).find((file) => existsSync(file));
}

/** Understands a config's text. Every problem carries its line and column. Never throws. */
export function parseConfig(text: string, format: ConfigFormat, options: ParseOptions = {}): ConfigResult {
  return understand(sourceOf(text, options), format, options);
}

function sourceOf(text: string, { env = process.env, file }: ParseOptions): Source {
  return readSource(text, { env, ...(file === undefined ? {} : { file }) });
}

function understand(source: Source, format: ConfigFormat, options: ParseOptions): ConfigResult {
  const broken = source.problems.some(({ code }) => code.startsWith('yaml-'));
  if (broken) return { problems: source.problems.map((problem) => nameFormat(problem, format)) };
  if (source.value === null || source.value === undefined) {
    return { problems: [place({ code: 'config-empty', severity: 'error', data: {}, path: [] }, source)] };
  }
  const result = resolveConfig(source.value as Config, options);
  if (source.problems.length === 0 && 'model' in result) {
    return { ...result, warnings: result.warnings.map((warning) => place(warning, source)) };
  }
  const found = 'model' in result ? result.warnings : result.problems;
  const problems = [...source.problems, ...found.map((problem) => place(problem, source))];
  return { problems: inOrder(withoutEchoes(problems, source.problems)) };
}

/** Reads a config from a file: YAML, JSON, or a TypeScript or JavaScript module's default export. Never throws. */
export async function loadConfig(path: string, options: ParseOptions = {}): Promise<LoadedConfig> {
  const absolute = resolve(path);
  const context = { file: path, baseDir: dirname(absolute), ...options };
  const extension = extname(path).toLowerCase();
  const unquoted = { file: context.file, text: undefined, place: (diagnostic: Diagnostic) => diagnostic };
  if (/^\.[cm]?[jt]s$/.test(extension)) {
    return { ...(await loadModule(absolute, context)), ...unquoted };
  }
  let text: string;
  try {
    text = await readFile(absolute, 'utf8');
  } catch (error) {
    const data = { file: context.file, cause: causeOf(error) };
    return { problems: [{ code: 'config-file-unreadable', severity: 'error', data }], ...unquoted };
  }
  const source = sourceOf(text, context);
  return {
    ...understand(source, extension === '.json' ? 'json' : 'yaml', context),
    file: context.file,
    text,
    place: (diagnostic) => place(diagnostic, source),
  };
}

async function loadModule(absolute: string, options: ParseOptions): Promise<ConfigResult> {
  let config: unknown;
  const file = options.file ?? absolute;
  let source: string;
  try {
    source = await readFile(absolute, 'utf8');
  } catch (error) {
    return { problems: [{ code: 'config-file-unreadable', severity: 'error', data: { file, cause: causeOf(error) } }] };
  }
  try {
    // Only needed for configs that are programs, and slow to load.
    const { createJiti } = await import('jiti');
    const jiti = createJiti(absolute, {
      fsCache: false,
      moduleCache: false,
      // A config can import these wherever the gateway was installed.
      virtualModules: { oneorigin: { defineConfig }, 'oneorigin/cors': cors },
    });
    // Not `import`: Node would keep what it read first.
    const module = await jiti.evalModule(source, { filename: absolute, async: true, forceTranspile: true });
    config = hasDefault(module) ? module.default : module;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // One line, and without the list of files that Node puts behind a missing module.
    const cause = message
      .replace(/\nRequire stack:[^]*/, '')
      .replace(/\s+/g, ' ')
      .trim();
    return { problems: [{ code: 'config-module-failed', severity: 'error', data: { file, cause } }] };
  }
  return resolveConfig(config as Config, options);
}

function hasDefault(module: unknown): module is { readonly default: unknown } {
  return typeof module === 'object' && module !== null && 'default' in module;
}

/** These are about a key; the others about its value. */
const ABOUT_KEYS = new Set([
  'config-unknown-key',
  'cors-unknown-key',
  'route-option-unused',
  'upstream-unused',
  'policy-unused',
  'auth-unused',
]);

function place(diagnostic: Diagnostic, source: Source): Diagnostic {
  const { path = [], data, code } = diagnostic;
  const found = source.locate(path, ABOUT_KEYS.has(code) ? 'key' : 'value');
  const other = typeof data['otherAt'] === 'string' ? /^routes\[(\d+)\]$/.exec(data['otherAt']) : null;
  const otherLine = other === null ? undefined : source.locate(['routes', Number(other[1])])?.line;
  return {
    ...diagnostic,
    ...(found === undefined ? {} : { place: found }),
    ...(otherLine === undefined ? {} : { data: { ...data, otherLine } }),
  };
}

function nameFormat(problem: Diagnostic, format: ConfigFormat): Diagnostic {
  return { ...problem, data: { ...problem.data, format: format === 'json' ? 'JSON' : 'YAML' } };
}

/** What an unset variable left behind is missing only because of that. */
function withoutEchoes(problems: readonly Diagnostic[], causes: readonly Diagnostic[]): Diagnostic[] {
  const lines = new Set(causes.map(({ place: at }) => `${at?.line}:${at?.column}`));
  return problems.filter(
    (problem) => causes.includes(problem) || !lines.has(`${problem.place?.line}:${problem.place?.column}`),
  );
}

function inOrder(problems: readonly Diagnostic[]): Diagnostic[] {
  return problems.toSorted(
    ({ place: a }, { place: b }) => (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0),
  );
}
