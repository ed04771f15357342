export { AdminPlace } from './admin-place.ts';
export type { AdminSubject, ReloadOutcome } from './admin.ts';
export { ConnectionTally } from './connection-tally.ts';
export { ConfigError, createGateway, Gateway, type GatewayOptions } from './gateway.ts';
export { allListening, isSameAddress, listenOn, SOCKET_OPTIONS, type GatewayAddress } from './listen.ts';
export type { FindingOptions } from './live-findings.ts';
