import { afterEach, describe, expect, it, vi } from 'vitest';
import { codedBody } from './content-coding.ts';

afterEach(() => void vi.unstubAllGlobals());

/** What runtimes did when they were tried; their tests in test/conformance/guard try the first again. */
const SEEN = [
  ['gzip', 'decoded', 'decoded', 'coded'],
  ['br', 'decoded', 'decoded', 'coded'],
  ['deflate', 'decoded', 'coded', 'coded'],
  ['GZIP', 'decoded', 'decoded', 'coded'],
  ['gzip, br', 'decoded', 'decoded', 'coded'],
  ['zstd', 'unknown', 'coded', 'coded'],
  ['gzip, zstd', 'unknown', 'unknown', 'coded'],
  ['identity', 'plain', 'plain', 'plain'],
  ['', 'plain', 'plain', 'plain'],
  [null, 'plain', 'plain', 'plain'],
] as const;

describe('a body that came compressed although nobody asked for that', () => {
  it.each(SEEN)('with %j is %s in Node and Bun, %s in Workers, %s in Deno', (coding, inNode, inWorkers, inDeno) => {
    expect(codedBody(coding)).toBe(inNode);
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' });
    expect(codedBody(coding)).toBe(inWorkers);
    vi.stubGlobal('Deno', {});
    expect(codedBody(coding)).toBe(inDeno);
  });
});
