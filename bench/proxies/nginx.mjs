import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ANSWER_HEADERS, PREFLIGHT_HEADERS } from './policy.mjs';

/** @type {import('./index.mjs').Proxy} */
export const nginx = {
  name: 'nginx',
  label: 'nginx',
  version: { command: ['nginx', '-v'], pattern: /nginx\/(\S+)/ },
  can: ['proxy', 'body', 'files', 'events', 'websocket', 'routes', 'origins', 'log', 'workers'],
  command(setup) {
    const own = join(setup.folder, 'nginx');
    mkdirSync(own, { recursive: true });
    chmodSync(own, 0o755);
    const file = join(own, 'nginx.conf');
    writeFileSync(file, config(setup, own));
    return ['nginx', '-c', file, '-p', own, '-e', 'stderr'];
  },
};

/**
 * The same with buffers in which a large response is moved in fewer steps: what tuning nginx for them brings.
 * @type {import('./index.mjs').Proxy}
 */
export const nginxLargeBuffers = {
  ...nginx,
  name: 'nginx-large-buffers',
  label: 'nginx, 16 × 64 KiB of buffers',
  can: ['body'],
  command: (setup) => nginx.command({ ...setup, largeBuffers: true }),
};

// The limits on requests of a connection are lifted: with the default (1000) nginx would spend time on closing them.
// Temporary files are off: a disk is not what is measured.
function config(setup, own) {
  const { port, backendPort, policy, routes, log, workers, connections } = setup;
  const paths = routes === 0 ? ['/api/'] : Array.from({ length: routes }, (_, i) => `/r${i}/`);
  return `
daemon off;
pid ${own}/nginx.pid;
error_log stderr error;
worker_processes ${workers};
events { worker_connections ${connections}; }
http {
  access_log ${log ? '/dev/null combined' : 'off'};
  sendfile on;
  tcp_nopush on;
  include /etc/nginx/mime.types;
  keepalive_requests 1000000000;
  proxy_max_temp_file_size 0;
  ${setup.largeBuffers ? LARGE_BUFFERS : ''}
  client_body_temp_path ${own}/body;
  proxy_temp_path ${own}/proxy;
  fastcgi_temp_path ${own}/fastcgi;
  uwsgi_temp_path ${own}/uwsgi;
  scgi_temp_path ${own}/scgi;
  ${originsMap(policy)}
  map $http_upgrade $connection_header { default upgrade; "" ""; }
  upstream backend {
    server 127.0.0.1:${backendPort};
    keepalive 64;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Connection $connection_header;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Host $http_host;
    ${policy === undefined ? '' : addHeaders(ANSWER_HEADERS)}
    ${paths.map((path) => location(path, setup)).join('\n    ')}
    ${setup.files === undefined ? '' : `location / { root ${setup.files}; }`}
  }
}
`;
}

const LARGE_BUFFERS = 'proxy_buffers 16 64k; proxy_buffer_size 64k; proxy_busy_buffers_size 128k;';

function originsMap(policy) {
  if (policy === undefined) return '';
  const entries = policy.origins.map((origin) => `    "${origin}" $http_origin;`);
  return `map_hash_max_size 65536;
  map_hash_bucket_size 128;
  map $http_origin $cors_origin {
    default "";
${entries.join('\n')}
  }`;
}

function location(path, { policy, events }) {
  const preflight = `if ($request_method = OPTIONS) { ${addHeaders(PREFLIGHT_HEADERS)} return 204; } `;
  const unbuffered = events ? 'proxy_buffering off; ' : '';
  return `location ${path} { ${policy === undefined ? '' : preflight}${unbuffered}proxy_pass http://backend; }`;
}

function addHeaders(headers) {
  const lines = Object.entries(headers).map(([name, value]) => `add_header ${name} "${value}" always;`);
  return ['add_header Access-Control-Allow-Origin $cors_origin always;', ...lines].join(' ');
}
