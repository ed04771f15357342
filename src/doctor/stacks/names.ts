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

/** Whether this is the name of a stack that fixes are written for. */
export function isStackName(text: string): text is StackName {
  return (STACKS as readonly string[]).includes(text);
}
