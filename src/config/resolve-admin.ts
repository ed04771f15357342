import type * as z from 'zod';
import { DEFAULT_ADMIN } from './defaults.ts';
import type { AdminModel, ListenerModel } from './model.ts';
import { parseListen } from './resolve-listen.ts';
import { show, type At } from './schema/issues.ts';
import type { adminOptions } from './schema/schema.ts';

/** Shorter ones can be guessed. */
const SHORTEST_TOKEN = 16;

/** Understands `admin`. @param listeners of the gateway itself */
export function resolveAdmin(
  options: string | number | z.output<typeof adminOptions> | undefined,
  listeners: readonly ListenerModel[],
  { path, problems }: At,
): AdminModel | undefined {
  if (options === undefined) return undefined;
  const short = typeof options !== 'object';
  const { listen = DEFAULT_ADMIN, token } = short ? { listen: options } : options;
  const listenPath = short ? path : [...path, 'listen'];
  const listener = parseListen(listen);
  if (token !== undefined && (token.length < SHORTEST_TOKEN || !/^[\x21-\x7e]+$/.test(token))) {
    problems.error('admin-token-weak', [...path, 'token'], { shortest: SHORTEST_TOKEN });
  }
  if ('reason' in listener) {
    problems.error('listen-invalid', listenPath, { value: show(listen), reason: listener.reason });
    return undefined;
  }
  const taken = listeners.some(({ host, port }) => port !== 0 && port === listener.port && host === listener.host);
  if (taken) problems.error('listen-twice', listenPath, { value: show(listen) });
  if (token === undefined && !isLoopback(listener.host)) {
    problems.error('admin-token-missing', listenPath, { host: listener.host });
  }
  return Object.freeze({ listener: Object.freeze(listener), token });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || host.startsWith('127.');
}
