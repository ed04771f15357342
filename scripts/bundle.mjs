// Makes the command line, as tsc left it, few files, packages included: finding, reading and linking 280 modules takes longer
// than all that `serve` does before it listens. Names and line breaks stay, so that stack traces can be read.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { rolldown } from 'rolldown';

/** Loaded at run time: for configs that are programs, and for those that want traces, if it's installed. */
const LEFT_OUT = [
  'jiti',
  '@opentelemetry/sdk-trace-base',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/resources',
];

/** What processes begin with. A bundle each: what they share would be more files for both. */
const ENTRIES = { main: 'main.js', 'worker-main': 'workers/worker-main.js' };

/** What is loaded when it's asked for. A bundle each, so that a start doesn't read what they share from another file. */
const LATER = ['cli/run-doctor.js', 'cli/run-explain.js', 'tls/x509.js', 'features/auth/jwt/jose-parts.js'];

/**
 * Replaces the modules of a built folder's `cli` by the bundles of its entries, and adds the packages' licences.
 * @param {string} dist the folder; the packages are in a `node_modules` beside it or above
 * @returns {Promise<void>}
 */
export async function bundleCli(dist) {
  const cli = join(dist, 'cli');
  const chunks = [];
  const later = LATER.map((file) => join(dist, file));
  for (const [name, file] of Object.entries(ENTRIES)) {
    chunks.push(...(await bundle(dist, { [name]: join(cli, file) }, [...LEFT_OUT, ...later])));
  }
  for (const file of later) chunks.push(...(await bundle(dist, { [basename(file, '.js')]: file }, LEFT_OUT)));
  rmSync(cli, { recursive: true });
  mkdirSync(cli);
  for (const { fileName, code } of chunks) writeFileSync(join(cli, fileName), asAscii(code));
  writeFileSync(join(cli, 'LICENSES.txt'), licences(chunks.flatMap(({ moduleIds }) => moduleIds)));
}

async function bundle(dist, input, external) {
  const build = await rolldown({
    input,
    cwd: dist,
    platform: 'node',
    external,
    // As ES modules, where a package has both forms: those share a scope, and what nobody uses is left out.
    resolve: { mainFields: ['module', 'main'], symlinks: false },
    onLog: (level, { message }) => {
      if (level === 'warn') throw new Error(message);
    },
  });
  // All bundles lie in one folder, wherever their sources do.
  const paths = Object.fromEntries(external.filter(isAbsolute).map((file) => [file, `./${basename(file)}`]));
  const names = { entryFileNames: '[name].js', chunkFileNames: '[name].js', paths };
  const { output } = await build.generate({ format: 'esm', comments: false, ...names });
  await build.close();
  return output.filter(({ type }) => type === 'chunk');
}

/**
 * V8 keeps and scans text beyond Latin-1 at two bytes a character, all of a file's for one of them. Escapes mean the same
 * wherever code may have such characters, but in templates that are read raw.
 */
function asAscii(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What the packages' licences ask to be passed on. */
function licences(modules) {
  const folders = modules.map((file) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file.replaceAll('\\', '/'))?.[0]);
  const packages = [...new Set(folders.filter((folder) => folder !== undefined))].toSorted();
  return packages.map(licenceOf).join('\n');
}

function licenceOf(folder) {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined) throw new Error(`${name} has no licence to pass on.`);
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}
