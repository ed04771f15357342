import cors from '@fastify/cors';
import httpProxy from '@fastify/http-proxy';
import fastify from 'fastify';
import { corsOptions, events, KEEP_ALIVE, port, target } from './setup.mjs';

const app = fastify({ keepAliveTimeout: KEEP_ALIVE });
if (corsOptions !== undefined) await app.register(cors, corsOptions);
await app.register(httpProxy, {
  upstream: target,
  prefix: '/api',
  rewritePrefix: '/api',
  websocket: true,
  // Its default is 128, and an event stream has a connection to itself.
  undici: { connections: events ? 2000 : 128 },
  replyOptions: {
    rewriteRequestHeaders: (request, headers) => ({
      ...headers,
      'x-forwarded-for': request.ip,
      'x-forwarded-proto': request.protocol,
    }),
  },
});
await app.listen({ port, host: '127.0.0.1', backlog: 4096 });
