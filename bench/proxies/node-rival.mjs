import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * A proxy from npm: a program of a few lines, as its own documentation shows it, on the newer Node.
 * @returns {import('./index.mjs').Proxy}
 */
export function nodeRival({ name, label = name, packageName = name, node, can }) {
  const { version } = JSON.parse(
    readFileSync(new URL(`../node_modules/${packageName}/package.json`, import.meta.url), 'utf8'),
  );
  return { name, label, version, can, command: programOf(name, node) };
}

/**
 * No proxy, but the least that an answer costs on Node: nothing is parsed. What oneorigin costs beyond it is its own.
 * @returns {import('./index.mjs').Proxy}
 */
export function bareNode({ node }) {
  return {
    name: 'bare-node',
    label: 'bare Node: one of two answers, nothing parsed',
    version: { command: [node, '--version'], pattern: /v(\S+)/, prefix: 'Node ' },
    can: ['preflight'],
    command: programOf('bare-node', node),
  };
}

function programOf(name, node) {
  const file = fileURLToPath(new URL(`./programs/${name}.mjs`, import.meta.url));
  return (setup) => [node, file, JSON.stringify(setup)];
}
