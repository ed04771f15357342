/** The stacks that fixes are written for. */
export const STACKS = [
  'nginx',
  'kong',
  'traefik',
  'aws-rest',
  'aws-http',
  'cloudflare-worker',
  'cloudfront',
  'haproxy',
  'caddy',
  'express',
  'node',
  'fastapi',
  'next',
  'spring',
  'django',
  'oneorigin',
] as const;

/** A stack that fixes are written for. */
export type StackName = (typeof STACKS)[number];
