import type { HeaderList } from './header-list.ts';

/** Where the bytes of a message body go, in the order they arrive. */
export interface BodySink {
  /**
   * One piece of the body. It's lent: what the sink keeps of a piece of up to `ALWAYS_COPIED` bytes it copies before it
   * returns; a larger one stays as it is for as long as the sink `holds` it.
   * @returns false when the sink is full; the source then waits until it's resumed.
   */
  chunk(data: Buffer): boolean;
  /** Whether a piece larger than `ALWAYS_COPIED` may still be looked at. */
  readonly holds: boolean;
  /** The body is complete. */
  end(trailers: HeaderList | undefined): void;
  /** The body will never be complete: its sender left or broke the framing. */
  abort(reason: Error): void;
}

/** Pieces of a body up to this many bytes are copied by whoever keeps them. */
export const ALWAYS_COPIED = 16 * 1024;

/** Length of a body whose end only its framing shows (chunked, or until the connection closes). */
export const UNKNOWN_LENGTH = -1;
