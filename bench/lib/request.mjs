// One request and its whole answer, to see that a proxy does its work before its figures count.
import { request as httpRequest } from 'node:http';

/**
 * @param {number} port
 * @param {object} options
 * @param {string} options.path
 * @param {string} [options.method]
 * @param {Readonly<Record<string, string>>} [options.headers]
 * @param {string} [options.body]
 * @param {import('node:http').Agent} [options.agent]
 * @param {number} [options.timeout]
 * @returns {Promise<{ status: number, headers: import('node:http').IncomingHttpHeaders, raw: string[], body: Buffer }>}
 */
export function ask(port, { path, method = 'GET', headers = {}, body, agent, timeout = 10_000 }) {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const request = httpRequest(
      { host: '127.0.0.1', port, path, method, headers: { ...headers, ...length }, agent, timeout },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode: status, headers, rawHeaders: raw } = response;
          resolve({ status, headers, raw, body: Buffer.concat(chunks) });
        });
      },
    );
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', reject);
    request.end(body);
  });
}
