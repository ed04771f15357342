import { Agent } from 'node:http';
import cors from 'cors';
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { corsOptions, KEEP_ALIVE, port, target } from './setup.mjs';

const app = express();
const proxy = createProxyMiddleware({
  target: `${target}/api`,
  agent: new Agent({ keepAlive: true }),
  changeOrigin: true,
  xfwd: true,
});
if (corsOptions !== undefined) app.use(cors(corsOptions));
app.use('/api', proxy);

const server = app.listen(port, '127.0.0.1', 4096);
server.on('upgrade', (request, socket, head) => {
  request.url = request.url.replace(/^\/api/, '');
  proxy.upgrade(request, socket, head);
});
server.keepAliveTimeout = KEEP_ALIVE;
