import { describe, expect, it } from 'vitest';
import { connectFailure } from './connect-failure.ts';

const failed = (code: string): Error => Object.assign(new Error('failed'), { code });

describe('a connection that does not come about', () => {
  it.each([
    ['ECONNREFUSED', 'upstream-refused'],
    ['ENOTFOUND', 'upstream-unreachable'],
    ['EHOSTUNREACH', 'upstream-unreachable'],
    ['ETIMEDOUT', 'upstream-connect-timeout'],
    ['ECONNRESET', 'upstream-reset'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'upstream-tls'],
  ])('for %s is the upstream’s fault: %s', (system, code) => {
    expect(connectFailure(failed(system)).code).toBe(code);
  });

  it.each(['EMFILE', 'ENFILE'])('for %s is ours', (system) => {
    expect(connectFailure(failed(system))).toEqual({ code: 'too-many-connections', detail: system });
  });

  it('at any of several addresses is told by the one that refused', () => {
    const error = new AggregateError([failed('ENETUNREACH'), failed('ECONNREFUSED')]);
    expect(connectFailure(error).code).toBe('upstream-refused');
  });
});
