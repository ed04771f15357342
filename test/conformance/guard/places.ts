import { parseConfig } from '../../../src/config/index.ts';
import { createGateway } from '../../../src/gateway/index.ts';
import { RUNTIMES, type StartEdge } from '../../fixtures/edge/runtimes.ts';

/** The gateway, of the same text. */
const startGateway: StartEdge = async (config, env) => {
  let log = '';
  const text = JSON.stringify({ ...config, listen: '127.0.0.1:0', log: { access: false } });
  const result = parseConfig(text, 'json', { env });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  const gateway = createGateway(result.model, { log: { write: (line: string) => (log += line) } });
  const [address] = await gateway.listen();
  return { port: address?.port ?? 0, log: () => log, close: () => gateway.close({ deadline: 0 }) };
};

/** Everywhere that guards run, the gateway first. */
export const PLACES = Object.entries<StartEdge>({ 'the gateway': startGateway, ...RUNTIMES });
