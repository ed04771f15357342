// A proxy's answers are looked at before its figures count.
import { createHash } from 'node:crypto';
import { Agent } from 'node:http';
import { METHODS, REQUEST_HEADERS } from '../proxies/policy.mjs';
import { ask } from './request.mjs';

const STRANGER = 'https://evil.example';

/**
 * Throws what is wrong with the answers of the proxy at a port.
 * @param {number} port
 * @param {import('../scenarios.mjs').Variant} variant
 * @param {object} options
 * @param {boolean} options.forwards whether there's a backend to reach through it
 * @param {boolean} options.reusesConnections whether to see that connections to the backend are kept
 */
export async function verify(port, { setup = {}, load, expect }, { forwards, reusesConnections }) {
  // An event stream has no end to wait for, and a WebSocket is looked at by its client.
  if (!setup.events && expect.status !== 101) await verifyAnswers(port, load, expect);
  if (setup.withFiles || !forwards) return;
  await verifyForwarding(port, echoPath(load), reusesConnections);
  if (load.method === 'POST') await verifyBody(port, load, echoPath(load).replace('/echo', '/received'));
}

/** Where the backend says what reached it: below the first segment of the load's first path. */
export function echoPath({ paths }) {
  return `${/^\/[^/]+/.exec(paths[0])}/echo`;
}

async function verifyAnswers(port, load, expect) {
  const { method, headers, body, paths, origins } = load;
  const asked = [
    { path: paths[0], origin: origins?.[0] ?? headers.Origin },
    { path: paths.at(-1), origin: origins?.at(-1) ?? headers.Origin },
  ];
  for (const { path, origin } of asked) {
    const withOrigin = origin === undefined ? {} : { Origin: origin };
    const answer = await ask(port, { path, method, headers: { ...headers, ...withOrigin }, body });
    const where = `${method ?? 'GET'} ${path}`;
    equal(answer.status, expect.status, `${where}: status`);
    if (expect.body !== undefined) equal(answer.body.toString(), expect.body, `${where}: body`);
    if (expect.cors !== undefined) verifyCors(answer, origin, expect.cors, where);
  }
  if (expect.cors === 'actual') {
    const { headers: received } = await ask(port, { path: paths[0], headers: { ...headers, Origin: STRANGER } });
    equal(received['access-control-allow-origin'], undefined, 'allowed for a stranger');
  }
}

function verifyCors({ headers, raw }, origin, kind, where) {
  const lines = raw.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'access-control-allow-origin');
  equal(lines.length, 1, `${where}: lines of Access-Control-Allow-Origin`);
  equal(headers['access-control-allow-origin'], origin, `${where}: Access-Control-Allow-Origin`);
  equal(headers['access-control-allow-credentials'], 'true', `${where}: Access-Control-Allow-Credentials`);
  includes(headers.vary, ['origin'], `${where}: Vary`);
  if (kind === 'actual') {
    includes(headers['access-control-expose-headers'], ['x-request-id'], `${where}: Access-Control-Expose-Headers`);
    return;
  }
  const methods = headers['access-control-allow-methods'];
  // GET, HEAD and POST need no listing.
  includes(
    methods,
    METHODS.filter((method) => method === 'PUT' || method === 'DELETE').map((method) => method.toLowerCase()),
    `${where}: Access-Control-Allow-Methods`,
  );
  const asked = REQUEST_HEADERS.filter((name) => name !== 'x-requested-with');
  includes(headers['access-control-allow-headers'], asked, `${where}: Access-Control-Allow-Headers`);
  equal(headers['access-control-max-age'], '7200', `${where}: Access-Control-Max-Age`);
}

/** That the backend learns who asks, and that connections to it are kept. */
async function verifyForwarding(port, path, reusesConnections) {
  let served = 0;
  // Some proxies close the backend's connection when the client's is to be closed.
  const agent = new Agent({ keepAlive: true });
  for (let i = 0; i < 4; i++) {
    const { status, body } = await ask(port, { path, agent });
    equal(status, 200, `${path}: status`);
    const seen = JSON.parse(body.toString());
    equal(seen.forwardedFor?.replace('::ffff:', ''), '127.0.0.1', `${path}: X-Forwarded-For at the backend`);
    served = Math.max(served, seen.served);
  }
  agent.destroy();
  if (reusesConnections && served < 2) throw new Error('connections to the backend are not kept');
}

async function verifyBody(port, { headers, body }, path) {
  const answer = await ask(port, { path, method: 'POST', headers, body });
  const { length, hash } = JSON.parse(answer.body.toString());
  equal(length, body.length, `${path}: length of the body at the backend`);
  equal(hash, createHash('sha256').update(body).digest('hex'), `${path}: body at the backend`);
}

function equal(actual, expected, what) {
  if (actual === expected) return;
  const shown = (value) => JSON.stringify(value)?.slice(0, 100) ?? 'nothing';
  throw new Error(`${what}: ${shown(actual)} instead of ${shown(expected)}`);
}

function includes(list, names, what) {
  const found = (list ?? '').toLowerCase().split(/[\s,]+/);
  for (const name of names) if (!found.includes(name)) throw new Error(`${what}: ${list ?? 'nothing'} lacks ${name}`);
}
