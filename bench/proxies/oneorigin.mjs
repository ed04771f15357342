import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXPOSED, MAX_AGE, REQUEST_HEADERS } from './policy.mjs';

/**
 * oneorigin as it is built, on some Node.
 * @returns {import('./index.mjs').Proxy}
 */
export function oneorigin({ name, label, node, product }) {
  return {
    name,
    label,
    ours: true,
    version: { command: [node, '--version'], pattern: /v(\S+)/, prefix: 'Node ' },
    can: ['proxy', 'body', 'files', 'events', 'websocket', 'routes', 'origins', 'log', 'workers'],
    command(setup) {
      const file = join(setup.folder, `${name}.yaml`);
      writeFileSync(file, config(setup));
      return [node, join(product, 'dist/cli/main.js'), 'serve', '-c', file];
    },
  };
}

// Everything else is left at its default. The others are told how many connections to expect, too.
function config({ port, backendPort, policy, routes, files, log, workers, connections }) {
  const feature = policy === undefined ? '' : ', cors: partners';
  const paths = routes === 0 ? ['/api/*'] : Array.from({ length: routes }, (_, i) => `/r${i}/*`);
  return `listen: 127.0.0.1:${port}
${log ? '' : 'log: { access: off }'}
${workers > 1 ? `workers: ${workers}` : ''}
limits: { connections: ${connections} }
upstreams:
  backend: http://127.0.0.1:${backendPort}
${policy === undefined ? '' : policyOf(policy)}
routes:
${paths.map((path) => `  - { path: ${path}, proxy: backend${feature} }`).join('\n')}
${files === undefined ? '' : `  - { path: /*, files: ${files} }`}
`;
}

const policyOf = ({ origins }) => `cors:
  partners:
    origins:
${origins.map((origin) => `      - ${origin}`).join('\n')}
    methods: [PUT, DELETE]
    headers: [${REQUEST_HEADERS.join(', ')}]
    expose: [${EXPOSED.join(', ')}]
    credentials: true
    maxAge: ${MAX_AGE}`;
