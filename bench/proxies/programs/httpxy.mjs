import { Agent, createServer } from 'node:http';
import cors from 'cors';
import { createProxyServer } from 'httpxy';
import { corsOptions, events, KEEP_ALIVE, port, target } from './setup.mjs';

// Its own agent keeps connections, but few of them: an event stream has one to itself.
const proxy = createProxyServer({ target, xfwd: true, ...(events ? { agent: new Agent({ keepAlive: true }) } : {}) });
proxy.on('error', (_error, _request, response) => response?.destroy?.());
const handle = (request, response) => proxy.web(request, response);
const withPolicy = corsOptions === undefined ? undefined : cors(corsOptions);

const server = createServer(
  withPolicy === undefined
    ? handle
    : (request, response) => withPolicy(request, response, () => handle(request, response)),
);
server.on('upgrade', (request, socket, head) => proxy.ws(request, socket, {}, head));
server.keepAliveTimeout = KEEP_ALIVE;
server.listen({ port, host: '127.0.0.1', backlog: 4096 });
