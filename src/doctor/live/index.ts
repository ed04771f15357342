/** What the gateway itself says of the exchanges that a browser will block. */
export { explainExchange, explainUnused } from './explain-exchange.ts';
export type { LiveFinding, LivePlace, LiveSettings, Ruling, SeenExchange, SeenRoute } from './types.ts';
