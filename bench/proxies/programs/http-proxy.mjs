import { Agent, createServer } from 'node:http';
import cors from 'cors';
import httpProxy from 'http-proxy';
import { corsOptions, KEEP_ALIVE, port, target } from './setup.mjs';

const proxy = httpProxy.createProxyServer({ target, agent: new Agent({ keepAlive: true }), xfwd: true });
proxy.on('error', (_error, _request, response) => response.destroy?.());
const handle = (request, response) => proxy.web(request, response);
const withPolicy = corsOptions === undefined ? undefined : cors(corsOptions);

const server = createServer(
  withPolicy === undefined
    ? handle
    : (request, response) => withPolicy(request, response, () => handle(request, response)),
);
server.on('upgrade', (request, socket, head) => proxy.ws(request, socket, head));
server.keepAliveTimeout = KEEP_ALIVE;
server.listen({ port, host: '127.0.0.1', backlog: 4096 });
