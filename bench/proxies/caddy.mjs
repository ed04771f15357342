import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ANSWER_HEADERS, PREFLIGHT_HEADERS } from './policy.mjs';

/** @type {import('./index.mjs').Proxy} */
export const caddy = {
  name: 'caddy',
  label: 'Caddy',
  version: { command: ['caddy', 'version'], pattern: /v?(\d[\d.]*)/ },
  // As many threads as it has cores: nothing has to be set.
  can: ['proxy', 'body', 'files', 'events', 'websocket', 'workers'],
  command(setup) {
    const file = join(setup.folder, 'Caddyfile');
    writeFileSync(file, config(setup));
    const home = ['HOME', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME'].map((name) => `${name}=${setup.folder}`);
    return ['env', ...home, 'caddy', 'run', '--config', file, '--adapter', 'caddyfile'];
  },
};

function config({ port, backendPort, policy, files }) {
  return `
{
  admin off
  auto_https off
  log {
    level ERROR
  }
}
http://:${port} {
  bind 127.0.0.1
${policy === undefined ? '' : cors(policy.origins[0])}
  handle /api/* {
    reverse_proxy 127.0.0.1:${backendPort} {
      header_up X-Real-IP {remote_host}
      transport http {
        keepalive_idle_conns_per_host 64
      }
    }
  }
${files === undefined ? '' : `  handle {\n    root * ${files}\n    file_server\n  }`}
}
`;
}

const headerLines = (headers, indent) =>
  Object.entries(headers)
    .map(([name, value]) => `${indent}${name === 'Vary' ? '+Vary' : name} "${value}"`)
    .join('\n');

const cors = (origin) => `
  @preflight {
    method OPTIONS
    header Origin ${origin}
    header Access-Control-Request-Method *
  }
  @actual {
    not method OPTIONS
    header Origin ${origin}
  }
  header @actual {
    Access-Control-Allow-Origin ${origin}
${headerLines(ANSWER_HEADERS, '    ')}
  }
  handle @preflight {
    header {
      Access-Control-Allow-Origin ${origin}
${headerLines(PREFLIGHT_HEADERS, '      ')}
    }
    respond 204
  }`;
