import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * A proxy from npm: a program of a few lines, as its own documentation shows it, on the newer Node.
 * @returns {import('./index.mjs').Proxy}
 */
export function nodeRival({ name, label = name, packageName = name, program = name, node, can }) {
  const { version } = JSON.parse(
    readFileSync(new URL(`../node_modules/${packageName}/package.json`, import.meta.url), 'utf8'),
  );
  return {
    name,
    label,
    version,
    can,
    command: (setup) => [
      node,
      fileURLToPath(new URL(`./programs/${program}.mjs`, import.meta.url)),
      JSON.stringify(setup),
    ],
  };
}
