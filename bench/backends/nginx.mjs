// The backend of most scenarios: an nginx that answers from memory and files, on the load's core.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { start } from '../lib/programs.mjs';
import { untilAnswered } from '../lib/wait.mjs';

export const SMALL_JSON = JSON.stringify({
  id: 4711,
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  roles: ['reader', 'writer'],
  active: true,
});

/** Bytes that look like JSON text, the same in every run. */
export function filler(size) {
  const line = '{"id":4711,"name":"Ada Lovelace","email":"ada@example.com","active":true},\n';
  return line.repeat(Math.ceil(size / line.length)).slice(0, size);
}

/** Writes a folder with the files of the scenarios. */
export function writeFiles(folder) {
  mkdirSync(join(folder, 'api'), { recursive: true });
  for (const [name, size] of [
    ['4k.json', 4096],
    ['64k.json', 65_536],
    ['1m.json', 1_048_576],
  ]) {
    for (const path of [name, `api/${name}`]) writeFileSync(join(folder, path), filler(size));
  }
  // nginx's worker may be another user.
  for (const path of [folder, join(folder, 'api')]) chmodSync(path, 0o755);
}

/** Starts it. */
export async function startNginxBackend({ port, nodePort, folder, files, descriptors }) {
  const own = join(folder, 'backend');
  mkdirSync(own, { recursive: true });
  chmodSync(own, 0o755);
  const file = join(own, 'nginx.conf');
  writeFileSync(file, config({ port, nodePort, own, files }));
  const program = start(['nginx', '-c', file, '-p', own, '-e', 'stderr'], { descriptors });
  await untilAnswered(program, port, '/api/users/1');
  return program;
}

// What reached the backend is said by /echo, so that the answers under load are the same for every proxy.
const config = ({ port, nodePort, own, files }) => `
daemon off;
pid ${own}/nginx.pid;
error_log stderr error;
worker_processes 1;
events { worker_connections 8192; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  open_file_cache max=100;
  types { application/json json; }
  client_body_temp_path ${own}/body;
  proxy_temp_path ${own}/proxy;
  fastcgi_temp_path ${own}/fastcgi;
  uwsgi_temp_path ${own}/uwsgi;
  scgi_temp_path ${own}/scgi;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    root ${files};
    default_type application/json;
    location / { return 200 '${SMALL_JSON}'; }
    location ~ /echo$ {
      return 200 '{"forwardedFor":"$http_x_forwarded_for","served":$connection_requests}';
    }
    location /api/received { proxy_pass http://127.0.0.1:${nodePort}; }
    location ~ \\.json$ { }
  }
}
`;
