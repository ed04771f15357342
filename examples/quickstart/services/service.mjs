import { createServer } from 'node:http';

/**
 * A small JSON service. It knows nothing of CORS, which is the point: `seen` counts what reached it all the same.
 *
 * @param {string} name
 * @param {Record<string, (request: { path: string, body: any, cookies: Map<string, string> }) =>
 *   { status?: number, headers?: Record<string, string>, body?: unknown }>} handlers by `METHOD /path`, where `:id`
 *   stands for one segment
 */
export function createService(name, handlers) {
  const seen = { requests: 0, preflights: 0 };
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://service').pathname;
    seen.requests++;
    if (request.method === 'OPTIONS') seen.preflights++;
    const handler = find(handlers, request.method, path);
    const answer = handler?.({ path, body: await readJson(request), cookies: cookiesOf(request) }) ?? {
      status: 404,
      body: { error: `${name} has no ${request.method} ${path}` },
    };
    const { status = 200, headers = {}, body } = answer;
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
  return { name, server, seen };
}

function find(handlers, method, path) {
  const key = Object.keys(handlers).find((candidate) => {
    const [wanted, pattern] = candidate.split(' ');
    return wanted === method && new RegExp(`^${pattern.replace(':id', '[^/]+')}/?$`).test(path);
  });
  return key === undefined ? undefined : handlers[key];
}

async function readJson(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function cookiesOf(request) {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return new Map(pairs);
}
