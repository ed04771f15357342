import type { Deadlines } from './deadlines.ts';

/** How an answer's body is passed on. */
export interface RelayTerms {
  /** Aborted once the exchange is given up. */
  readonly signal: AbortSignal;
  readonly deadlines: Pick<Deadlines, 'awaitBytes' | 'rest'>;
  /** Sees how much has come. May throw, which ends it. */
  readonly counted: (size: number) => void;
  /** It's over: all has come, or the client has left. Called once, if `broken` isn't. */
  readonly over: () => void;
  /** It broke off. Returns what the stream ends with. */
  readonly broken: (error: unknown) => Error;
}

/** A body as it comes, chunk by chunk, and only as fast as it's read. */
export function relay(body: ReadableStream<Uint8Array>, terms: RelayTerms): ReadableStream<Uint8Array> {
  const { signal, deadlines, counted, over, broken } = terms;
  const reader = body.getReader();
  let size = 0;
  let ended = false;
  const breakOff = (controller: ReadableStreamDefaultController, error: unknown): void => {
    if (ended) return;
    ended = true;
    reader.cancel().catch(() => {});
    controller.error(broken(error));
  };
  return new ReadableStream<Uint8Array>(
    {
      // Not every read hears of signals, and a race for each would be remembered until the last.
      start: (controller) => signal.addEventListener('abort', () => breakOff(controller, signal.reason)),
      pull: async (controller) => {
        try {
          deadlines.awaitBytes();
          const { done, value } = await reader.read();
          if (ended) return;
          deadlines.rest();
          if (done) {
            ended = true;
            over();
            return controller.close();
          }
          size += value.byteLength;
          counted(size);
          controller.enqueue(value);
        } catch (error) {
          breakOff(controller, error);
        }
      },
      cancel: (reason) => {
        ended = true;
        over();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
