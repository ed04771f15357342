import { createService } from './service.mjs';

/**
 * Counts for both pages. A preflight that the gateway answers never reaches a service, so the gateway's own records
 * count too: nothing that was asked of CORS can hide.
 *
 * @param {ReadonlyArray<ReturnType<typeof createService>>} services
 * @param {() => string} partnerUrl
 */
export function createCounter(services, partnerUrl) {
  const byOrigin = new Map();
  const service = createService('counter', {
    'GET /api/seen': () => ({
      headers: { 'Cache-Control': 'no-store' },
      body: {
        services: services.map(({ name, server, seen }) => ({ name, port: server.address().port, ...seen })),
        gateway: Object.fromEntries(byOrigin),
        partner: partnerUrl(),
      },
    }),
  });
  return {
    ...service,
    /** What the gateway calls for each exchange. */
    record({ path, method, cors }) {
      if (path.startsWith('/api/seen') || cors?.origin === undefined) return;
      const counts = byOrigin.get(cors.origin) ?? { preflights: 0, allowed: 0, refused: 0 };
      // A page can't be made to list every origin of the world.
      if (byOrigin.size < 50) byOrigin.set(cors.origin, counts);
      if (method === 'OPTIONS' && cors.kind === 'preflight') counts.preflights++;
      if (cors.kind === 'same-origin') return;
      counts[cors.allowed ? 'allowed' : 'refused']++;
    },
  };
}
