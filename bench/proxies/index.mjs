// Everybody who runs, in the order of the turns.
import { caddy } from './caddy.mjs';
import { haproxy } from './haproxy.mjs';
import { nginx, nginxLargeBuffers } from './nginx.mjs';
import { bareNode, nodeRival } from './node-rival.mjs';
import { oneorigin } from './oneorigin.mjs';

/**
 * What a proxy is told to do.
 * @typedef {object} Setup
 * @property {number} port
 * @property {number} backendPort
 * @property {string} folder for its files
 * @property {{ readonly origins: readonly string[] }} [policy]
 * @property {number} routes 0: one, `/api/*`; else so many, `/r0/*` and on
 * @property {string} [files] a folder to serve
 * @property {boolean} events whether responses are event streams
 * @property {boolean} log whether every request is logged
 * @property {number} workers
 * @property {number} connections that are enough; some set aside memory for each
 */

/**
 * @typedef {object} Proxy
 * @property {string} name
 * @property {string} label
 * @property {boolean} [ours]
 * @property {string | { command: readonly string[], pattern: RegExp, prefix?: string }} version
 * @property {readonly string[]} can
 * @property {(setup: Setup) => string[]} command writes its config, and says how it's started
 */

const HTTP_ONLY = ['proxy', 'body', 'events'];
const WITH_SOCKETS = [...HTTP_ONLY, 'websocket'];

/**
 * @param {{ node20: string, node24: string, products: readonly { name: string, folder: string }[] }} options
 * @returns {Proxy[]}
 */
export function allProxies({ node20, node24, products }) {
  const rival = (options) => nodeRival({ node: node24, can: WITH_SOCKETS, ...options });
  const ours = products.flatMap(({ name, folder: product }) => [
    oneorigin({ name, label: `${name} (Node 24)`, node: node24, product }),
    oneorigin({ name: `${name}-node20`, label: `${name} (Node 20)`, node: node20, product }),
  ]);
  return [
    nginx,
    nginxLargeBuffers,
    ...ours,
    bareNode({ node: node24 }),
    haproxy,
    caddy,
    rival({ name: 'http-proxy' }),
    rival({ name: 'http-proxy-middleware' }),
    rival({ name: 'fastify-http-proxy', label: '@fastify/http-proxy', packageName: '@fastify/http-proxy' }),
    rival({ name: 'httpxy' }),
    // Its WebSockets need a package more, and end at the gateway instead of passing.
    rival({ name: 'fast-gateway', can: HTTP_ONLY }),
  ];
}
