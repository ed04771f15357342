import type { AuthModel, RemoteKeysModel, UpstreamModel } from '../../config/model.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { TimerWheel } from '../../wire/timer-wheel.ts';
import { ApiKeyAuthenticator } from './api-key/api-key.ts';
import type { Authenticator } from './authenticator.ts';
import { BasicAuthenticator } from './basic/basic.ts';
import { combine } from './combined.ts';
import { ForwardAuthenticator } from './forward/forward.ts';
import { JwtAuthenticator } from './jwt/jwt.ts';
import { StaticKeys, type KeySource } from './jwt/key-source.ts';

/** What finding out who asks needs of the gateway. */
export interface AuthParts {
  readonly upstreamOf: (model: UpstreamModel) => Upstream;
  /** An issuer's keys: what is known of them outlives a configuration. */
  readonly keysOf: (model: RemoteKeysModel) => KeySource;
  readonly wheel: TimerWheel;
}

/** Brings definitions to life, each once: what they remember is for all routes that use them. */
export class Authenticators {
  private readonly parts: AuthParts;
  private readonly made = new Map<AuthModel, Authenticator>();

  constructor(parts: AuthParts) {
    this.parts = parts;
  }

  of(model: AuthModel): Authenticator {
    let made = this.made.get(model);
    if (made === undefined) this.made.set(model, (made = this.make(model)));
    return made;
  }

  private make(model: AuthModel): Authenticator {
    const { upstreamOf, keysOf, wheel } = this.parts;
    switch (model.kind) {
      case 'jwt':
        return new JwtAuthenticator(model, sourceOf(model.keys, keysOf));
      case 'apiKey':
        return new ApiKeyAuthenticator(model);
      case 'basic':
        return new BasicAuthenticator(model);
      case 'forward':
        return new ForwardAuthenticator(model, { upstream: upstreamOf(model.upstream), wheel });
      case 'any':
      case 'all':
        return combine(
          model,
          model.of.map((each) => this.of(each)),
        );
    }
  }
}

function sourceOf(
  keys: Extract<AuthModel, { kind: 'jwt' }>['keys'],
  keysOf: AuthParts['keysOf'],
): KeySource | undefined {
  if (keys.kind === 'remote') return keysOf(keys);
  return keys.kind === 'static' ? new StaticKeys(keys.keys) : undefined;
}
