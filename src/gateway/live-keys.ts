import type { RemoteKeysModel } from '../config/model.ts';
import { RemoteKeys, type RemoteKeysParts } from '../features/auth/jwt/remote-keys.ts';
import type { AuthParts } from '../features/auth/authenticators.ts';

/** Writes a line about the gateway itself to the log. */
export type Note = RemoteKeysParts['note'];

/**
 * The issuers' keys of one configuration. What a reload leaves as it is, is taken over from the one before: an issuer that
 * can't be asked just then isn't missed.
 */
export class LiveKeys {
  private readonly parts: Pick<AuthParts, 'upstreamOf' | 'wheel'> & { readonly note: Note };
  private readonly made = new Map<string, RemoteKeys>();
  private readonly before: ReadonlyMap<string, RemoteKeys> | undefined;

  constructor(parts: LiveKeys['parts'], previous: LiveKeys | undefined) {
    this.parts = parts;
    this.before = previous?.made;
  }

  /** Those that are fetched in this way. */
  of(model: RemoteKeysModel): RemoteKeys {
    // Also of those that are taken over: that is how it's known that their connections are still needed.
    const upstream = this.parts.upstreamOf(model.upstream);
    const key = JSON.stringify(model);
    let keys = this.made.get(key) ?? this.before?.get(key);
    keys ??= new RemoteKeys(model, { ...this.parts, upstream });
    this.made.set(key, keys);
    return keys;
  }
}
