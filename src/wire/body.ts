import type { HeaderList } from './header-list.ts';

/** Where the bytes of a message body go, in the order they arrive. */
export interface BodySink {
  /**
   * One piece of the body; the sink may keep it.
   * @returns false when the sink is full; the source then waits until it's resumed.
   */
  chunk(data: Buffer): boolean;
  /** The body is complete. */
  end(trailers: HeaderList | undefined): void;
  /** The body will never be complete: its sender left or broke the framing. */
  abort(reason: Error): void;
}

/** Length of a body whose end only its framing shows (chunked, or until the connection closes). */
export const UNKNOWN_LENGTH = -1;
