import type { PolicyOptions } from '../options.ts';
import type { Policy } from '../policy.ts';
import { cors, type NodeRequest, type NodeResponse } from './node.ts';

/** What is used of a Fastify reply. */
interface Reply {
  readonly raw: NodeResponse;
  hijack(): unknown;
}

type OnRequest = (request: { readonly raw: NodeRequest }, reply: Reply, done: () => void) => void;

/** What is used of a Fastify instance. */
export interface FastifyLike {
  addHook(name: 'onRequest', hook: OnRequest): unknown;
}

/** A Fastify plugin. */
export type FastifyPlugin = (instance: FastifyLike, options: unknown, done: () => void) => void;

/**
 * CORS as a Fastify plugin: `app.register(fastifyCors({ … }))`, before the routes. It holds for the instance that it's
 * registered in as a whole, its error and not-found answers included.
 *
 * @throws {PolicyError} if the options are wrong.
 */
export function fastifyCors(policyOrOptions: Policy | PolicyOptions): FastifyPlugin {
  const handle = cors(policyOrOptions);
  const plugin: FastifyPlugin = (instance, _options, done) => {
    instance.addHook('onRequest', (request, reply, next) => {
      if (handle(request.raw, reply.raw)) next();
      else reply.hijack();
    });
    done();
  };
  // Without it Fastify would keep the hook inside the plugin's own scope, where there are no routes.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true });
}
