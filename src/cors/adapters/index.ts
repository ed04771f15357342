/** CORS for servers that aren't this gateway, by the same policy. */
export { fastifyCors, type FastifyLike, type FastifyPlugin } from './fastify.ts';
export { withCors, type FetchHandler, type WithCorsOptions } from './fetch.ts';
export { cors, type NodeMiddleware, type NodeRequest, type NodeResponse } from './node.ts';
