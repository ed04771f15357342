import type { Socket } from 'node:net';
import { ALWAYS_COPIED } from '../body.ts';
import { DirectWriter } from './direct-writer.ts';

/** More than this unsent: the writer waits. */
const HIGH_WATER = 128 * 1024;

/** Up to here bytes become text: they're few enough not to be felt by the garbage collector. */
const AS_TEXT = 1024;

/**
 * Text and a piece of a body are put together here to leave in one write. As a string they would have to be copied twice,
 * into memory that the garbage collector has to go round: a third of the cost of a body of 10 KiB.
 */
let scratch = Buffer.allocUnsafeSlow(2 * ALWAYS_COPIED);

/**
 * What goes out on one socket. Text (one char a byte) queued within one turn of the event loop leaves in one write, so
 * that a head, a small body and a chunk's framing cost one system call together.
 */
export class Outbox {
  private readonly socket: Socket;
  private readonly direct: DirectWriter;
  private readonly written: () => void;
  private text = '';
  private scheduled = false;
  private readonly flushSoon = (): void => {
    this.scheduled = false;
    this.flush();
  };

  /**
   * @param written is called after each hand-over to the socket, to watch its progress
   * @param failed is called with a write's error, unless the stream made it one of its own
   */
  constructor(socket: Socket, written: () => void, failed: (error: Error) => void) {
    this.socket = socket;
    this.written = written;
    this.direct = new DirectWriter(socket, failed);
  }

  /** Text that more will follow soon. */
  emit(text: string): void {
    this.text += text;
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(this.flushSoon);
  }

  /** Text that nothing follows: it leaves at once, with what was queued. */
  send(text: string): void {
    this.text += text;
    this.flush();
  }

  /**
   * Bytes. Few of them are copied behind the text before: one write instead of a vector of three. Of more, see `holds`.
   * @param tail text that belongs to them
   */
  emitBuffer(chunk: Buffer, tail = ''): void {
    if (chunk.length <= AS_TEXT) return this.emit(chunk.toString('latin1') + tail);
    if (!this.socket.writable) return;
    if (this.text.length + chunk.length + tail.length <= scratch.length && chunk.length <= ALWAYS_COPIED) {
      return this.emitCopy(chunk, tail);
    }
    if (this.text === '') this.socket.write(chunk);
    else {
      const { text, socket } = this;
      this.text = '';
      socket.cork();
      socket.write(text, 'latin1');
      socket.write(chunk);
      socket.uncork();
    }
    this.written();
    if (tail !== '') this.emit(tail);
  }

  private emitCopy(chunk: Buffer, tail: string): void {
    const { text, socket } = this;
    this.text = '';
    const begin = scratch.write(text, 0, 'latin1');
    chunk.copy(scratch, begin);
    let end = begin + chunk.length;
    if (tail !== '') end += scratch.write(tail, end, 'latin1');
    const bytes = scratch.subarray(0, end);
    if (!this.direct.writeBytes(bytes)) socket.write(bytes);
    // What the kernel didn't take at once needs its memory for longer.
    if (this.unsent > 0) scratch = Buffer.allocUnsafeSlow(2 * ALWAYS_COPIED);
    this.written();
  }

  /** One chunk of the chunked coding (RFC 9112 §7.1). */
  emitChunk(chunk: Buffer): void {
    this.emit(`${chunk.length.toString(16)}\r\n`);
    this.emitBuffer(chunk, '\r\n');
  }

  /** The last chunk and the trailer section, whose lines are given. */
  emitLastChunk(trailerLines: string): void {
    this.emit(`0\r\n${trailerLines}\r\n`);
  }

  flush(): void {
    const text = this.text;
    if (text === '') return;
    this.text = '';
    if (!this.socket.writable) return;
    if (!this.direct.writeText(text)) this.socket.write(text, 'latin1');
    this.written();
  }

  /** Bytes that were handed to the socket and that the kernel hasn't taken yet. */
  get unsent(): number {
    return this.socket.writableLength + this.direct.waiting;
  }

  /**
   * Whether a chunk of more than `ALWAYS_COPIED` bytes may still be looked at: then its memory mustn't change. Usually
   * the kernel takes all of a write before it returns.
   */
  get holds(): boolean {
    return this.unsent > 0;
  }

  /**
   * Whether a writer may go on. Asks how much is really unsent: `socket.write` says false for any large chunk, also for
   * one that the kernel took at once. After false the socket's 'drain' follows.
   */
  hasRoom(): boolean {
    if (this.unsent + this.text.length <= HIGH_WATER) return true;
    this.flush();
    return this.unsent <= HIGH_WATER;
  }
}
