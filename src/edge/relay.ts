import type { Deadlines } from './deadlines.ts';

/** How an answer's body is passed on. */
export interface RelayTerms {
  readonly deadlines: Pick<Deadlines, 'awaitBytes' | 'rest'>;
  /** Settles as what it's given, or rejects once the exchange is given up. */
  readonly orGivenUp: <T>(awaited: Promise<T>) => Promise<T>;
  /** Sees how much has come. May throw, which ends it. */
  readonly counted: (size: number) => void;
  /** It's over: all has come, or the client has left. */
  readonly over: () => void;
  /** It broke off. Returns what the stream ends with. */
  readonly broken: (error: unknown) => Error;
}

/** A body as it comes, chunk by chunk, and only as fast as it's read. */
export function relay(body: ReadableStream<Uint8Array>, terms: RelayTerms): ReadableStream<Uint8Array> {
  const { deadlines, orGivenUp, counted, over, broken } = terms;
  const reader = body.getReader();
  let size = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          deadlines.awaitBytes();
          const { done, value } = await orGivenUp(reader.read());
          deadlines.rest();
          if (done) {
            over();
            return controller.close();
          }
          size += value.byteLength;
          counted(size);
          controller.enqueue(value);
        } catch (error) {
          reader.cancel().catch(() => {});
          controller.error(broken(error));
        }
      },
      cancel: (reason) => {
        over();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
