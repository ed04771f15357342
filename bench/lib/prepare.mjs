// What must be there before anything runs: programs, rivals, both Nodes, and oneorigin as it is built.
import { existsSync, mkdirSync, copyFileSync, statSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleCli } from '../../scripts/bundle.mjs';
import { run } from './programs.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BENCH = join(ROOT, 'bench');

/** Installs what is missing, or says which command does. */
export async function installTools(names) {
  await run(['bash', join(ROOT, 'scripts/install-bench-tools.sh'), ...names], { timeout: 600_000, cwd: ROOT });
}

/** Installs the rivals, if their lock file has changed since. */
export async function installRivals() {
  const installed = join(BENCH, 'node_modules/.package-lock.json');
  const lock = join(BENCH, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  await run(['npm', 'ci', '--no-audit', '--no-fund', '--ignore-scripts'], { timeout: 600_000, cwd: BENCH });
}

/** The Node of a major version, from npm. */
export function nodeBinary(major) {
  const path = join(BENCH, `node_modules/node${major}-${process.arch}/bin/node`);
  if (!existsSync(path)) throw new Error(`There is no Node ${major} for ${process.platform} ${process.arch} here.`);
  return path;
}

/**
 * Builds oneorigin into a folder of the run's own, so that a build made meanwhile changes nothing.
 * @param {string} folder
 * @param {string} [root] another working tree, to compare with
 */
export async function buildProduct(folder, root = ROOT) {
  const from = resolve(root);
  mkdirSync(folder, { recursive: true });
  const modules = [join(from, 'node_modules'), join(ROOT, 'node_modules')].find(existsSync);
  if (modules === undefined) throw new Error('Run `npm ci` first.');
  const tsc = join(modules, 'typescript/bin/tsc');
  const config = join(from, 'tsconfig.build.json');
  const types = ['--typeRoots', join(modules, '@types')];
  symlinkSync(modules, join(folder, 'node_modules'));
  await run([process.execPath, tsc, '-p', config, '--outDir', join(folder, 'dist'), ...types], { cwd: ROOT });
  copyFileSync(join(from, 'package.json'), join(folder, 'package.json'));
  // The tree's own may have no packages to bundle with; one from before there was a bundle is measured without.
  if (existsSync(join(from, 'scripts/bundle.mjs'))) await bundleCli(join(folder, 'dist'));
  return folder;
}

/** The commit that is measured, if this is a working tree; with a `+` if its sources differ from it. */
export async function revision() {
  try {
    const commit = (await run(['git', 'rev-parse', '--short=10', 'HEAD'], { cwd: ROOT })).trim();
    const changed = await run(['git', 'status', '--porcelain', '--', 'src'], { cwd: ROOT });
    return changed.trim() === '' ? commit : `${commit}+`;
  } catch {
    return undefined;
  }
}
