import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const FILES = new Map([
  ['/', ['partner/index.html', 'text/html']],
  ['/partner.js', ['partner/partner.js', 'text/javascript']],
  ['/ui.js', ['frontend/ui.js', 'text/javascript']],
  ['/style.css', ['frontend/style.css', 'text/css']],
]);

/**
 * Another company's site, on a port and so on an origin of its own. The gateway isn't in front of it.
 *
 * @param {() => string} gateway URL of the gateway as that site writes it
 */
export function createPartner(gateway) {
  const folder = new URL('../', import.meta.url);
  return createServer(async (request, response) => {
    const path = new URL(request.url, 'http://partner').pathname;
    if (path === '/gateway.js') {
      response.writeHead(200, { 'Content-Type': 'text/javascript', 'Cache-Control': 'no-store' });
      return response.end(`export const gateway = ${JSON.stringify(gateway())};\n`);
    }
    const file = FILES.get(path);
    if (file === undefined) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': `${file[1]}; charset=utf-8`, 'Cache-Control': 'no-cache' });
    response.end(await readFile(new URL(file[0], folder)));
  });
}
