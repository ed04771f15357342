// What backends send and clients expect.

/** Chunks of 1 KiB: 16 of them. */
export const CHUNKED_BODY = Array.from({ length: 16 }, (_, i) => `${String(i).padStart(2, '0')}${'x'.repeat(1022)}`);

/** Milliseconds between two events of a stream. */
export const EVENT_INTERVAL = 100;

/** An event of a fixed length, with the time at which it was sent. */
export function eventOf(nanoseconds) {
  return `data: {"type":"price","symbol":"ACME","value":101.25,"sent":${String(nanoseconds).padStart(20, '0')}}\n\n`;
}

/** The time in an event, in nanoseconds. */
export function sentAt(event) {
  return BigInt(/"sent":0*(\d+)/.exec(event)?.[1] ?? 0);
}
