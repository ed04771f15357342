export { ConnectionTally } from './connection-tally.ts';
export { ConfigError, createGateway, Gateway, type GatewayOptions } from './gateway.ts';
export { allListening, listenOn, POLITE_OVERFLOW, SOCKET_OPTIONS, type GatewayAddress } from './listen.ts';
