import type { Printed } from './console-prints.ts';
import type { NetworkFault } from './failure.ts';

const PRINTS: Readonly<Record<NetworkFault, Printed>> = {
  refused: { code: 'connection-refused' },
  tls: { code: 'tls-failed' },
  closed: { code: 'connection-lost' },
  reset: { code: 'connection-lost', variant: 1 },
  garbage: { code: 'response-malformed' },
  truncated: { code: 'response-malformed', variant: 1 },
  lengths: { code: 'response-malformed', variant: 2 },
};

/** How Chromium and WebKit call what goes wrong below HTTP. Firefox doesn't tell. */
export function networkPrint(fault: NetworkFault): Printed {
  return PRINTS[fault];
}
