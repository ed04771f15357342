export { ConfigError, createGateway, Gateway, type GatewayAddress, type GatewayOptions } from './gateway.ts';
