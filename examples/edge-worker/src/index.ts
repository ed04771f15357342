import { env } from 'cloudflare:workers';
import { createEdgeHandler } from 'oneorigin/edge';
import config from './oneorigin.json';

export default {
  fetch: createEdgeHandler(config, {
    env,
    // Set by Cloudflare, whatever the client sends.
    clientAddress: (request) => request.headers.get('cf-connecting-ip'),
  }),
};
