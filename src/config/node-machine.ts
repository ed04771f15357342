import { readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { readCertificate } from './certificate-files.ts';
import { parse } from 'yaml';
import type { Machine } from './machine.ts';
import { readPublicKey } from './public-key.ts';
import { resolveOn, type ConfigResult } from './resolve.ts';
import type { Config } from './types.ts';

/** How a config is understood. */
export interface ResolveOptions {
  /** Where relative paths begin. Default: the working directory. */
  readonly baseDir?: string;
  /** Whether the files and folders that the config names must exist. Default: `true`. */
  readonly checkFiles?: boolean;
}

/**
 * Turns a config into the frozen model that the gateway runs on, on this machine. Never throws: whatever is wrong is
 * reported, all at once, with its place in the config.
 */
export function resolveConfig(config: Config, options: ResolveOptions = {}): ConfigResult {
  return resolveOn(thisMachine(options), config);
}

function thisMachine({ baseDir = process.cwd(), checkFiles = true }: ResolveOptions): Machine {
  return {
    checkFiles,
    cores: availableParallelism,
    absolute: (path) => resolve(baseDir, path),
    readText: (absolute) => orCause(() => ({ text: readFileSync(absolute, 'utf8') })),
    readCertificate,
    findFolder: (absolute) => orCause(() => ({ folder: statSync(absolute).isDirectory() })),
    readPublicKey,
    parseDocument,
  };
}

function parseDocument(text: string): unknown {
  try {
    return parse(text, { logLevel: 'silent' });
  } catch {
    return undefined;
  }
}

function orCause<T>(ask: () => T): T | { readonly cause: string } {
  try {
    return ask();
  } catch (error) {
    return { cause: causeOf(error) };
  }
}

/** Why the file system refused, in its own short word (`ENOENT`). */
export function causeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}
