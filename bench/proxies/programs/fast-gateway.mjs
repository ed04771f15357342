import cors from 'cors';
import gateway from 'fast-gateway';
import { corsOptions, KEEP_ALIVE, port, target } from './setup.mjs';

const service = gateway({
  middlewares: corsOptions === undefined ? [] : [cors(corsOptions)],
  routes: [
    {
      prefix: '/api',
      prefixRewrite: '/api',
      target,
      hooks: {
        rewriteRequestHeaders: (request, headers) => ({
          ...headers,
          'x-forwarded-for': request.socket.remoteAddress,
          'x-forwarded-proto': 'http',
        }),
      },
    },
  ],
});
const server = await service.start(port, '127.0.0.1');
server.keepAliveTimeout = KEEP_ALIVE;
