/** The one way to announce a stream's length in Workers; elsewhere a header does. */
interface WorkersGlobals {
  readonly FixedLengthStream?: new (length: number) => TransformStream<Uint8Array, Uint8Array>;
}

/** The same stream, as one of a known length where the runtime has such. */
export function fixedLength(stream: ReadableStream<Uint8Array>, length: number): ReadableStream<Uint8Array> {
  const { FixedLengthStream } = globalThis as WorkersGlobals;
  return FixedLengthStream === undefined ? stream : stream.pipeThrough(new FixedLengthStream(length));
}
