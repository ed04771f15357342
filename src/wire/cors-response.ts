import { NameSet } from './known-names.ts';

/** What a response may say of CORS: never two layers' words at once. */
export const CORS_RESPONSE = new NameSet(
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
  'access-control-max-age',
  'access-control-allow-private-network',
);
