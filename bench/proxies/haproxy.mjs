import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ANSWER_HEADERS, PREFLIGHT_HEADERS } from './policy.mjs';

/** @type {import('./index.mjs').Proxy} */
export const haproxy = {
  name: 'haproxy',
  label: 'HAProxy',
  version: { command: ['haproxy', '-v'], pattern: /version (\d[\d.]*)/ },
  can: ['proxy', 'body', 'events', 'websocket', 'routes', 'origins', 'workers'],
  command(setup) {
    const file = join(setup.folder, 'haproxy.cfg');
    const origins = join(setup.folder, 'haproxy.origins');
    const routes = join(setup.folder, 'haproxy.routes');
    writeFileSync(origins, `${(setup.policy?.origins ?? []).join('\n')}\n`);
    writeFileSync(routes, Array.from({ length: setup.routes }, (_, i) => `/r${i}/ api\n`).join(''));
    writeFileSync(file, config(setup, { origins, routes }));
    return ['haproxy', '-db', '-f', file];
  },
};

function config({ port, backendPort, policy, routes, connections, events, workers }, files) {
  return `
global
  maxconn ${connections}
  # Idle clients have no connection to the backend: two descriptors for each are more than needed.
  no strict-limits
  nbthread ${workers}
defaults
  mode http
  timeout connect 5s
  timeout client 75s
  timeout server 75s
  timeout tunnel 1h
  timeout http-keep-alive 75s
  option forwardfor
  http-reuse always
${events ? '  option http-no-delay' : ''}
frontend clients
  bind 127.0.0.1:${port} backlog 4096
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header X-Real-IP %[src]
${policy === undefined ? '' : cors(files.origins)}
  ${routes === 0 ? 'default_backend api' : `use_backend %[path,map_beg(${files.routes},none)]`}
backend api
  server one 127.0.0.1:${backendPort}
backend none
  http-request return status 404
`;
}

function cors(origins) {
  const allowed = '{ var(txn.origin) -m found }';
  const preflight = Object.entries(PREFLIGHT_HEADERS).map(([name, value]) => `hdr ${name} "${value}"`);
  const answer = Object.entries(ANSWER_HEADERS).filter(([name]) => name !== 'Vary');
  return [
    `http-request set-var(txn.origin) req.hdr(origin) if { req.hdr(origin) -m str -f ${origins} }`,
    `http-request return status 204 hdr Access-Control-Allow-Origin "%[var(txn.origin)]" ${preflight.join(' ')} if METH_OPTIONS ${allowed}`,
    ...[['Access-Control-Allow-Origin', '%[var(txn.origin)]'], ...answer].map(
      ([name, value]) => `http-response set-header ${name} "${value}" if ${allowed}`,
    ),
    'http-response add-header Vary Origin',
  ]
    .map((line) => `  ${line}`)
    .join('\n');
}
