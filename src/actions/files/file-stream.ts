import { read } from 'node:fs';
import type { Exchange } from '../../wire/exchange.ts';
import { closeFile, type OpenFile } from './root.ts';

const CHUNK = 128 * 1024;

/** Which bytes of a file to stream. */
export interface Part {
  readonly start: number;
  readonly length: number;
}

/**
 * Streams a part of a file as the body of a response that is open: one read at a time, none while the client is full.
 * Sends as many bytes as were announced even if the file grows, and cuts the response if it shrinks.
 */
export class FileStream {
  private readonly exchange: Exchange;
  private readonly file: OpenFile;
  private position: number;
  private remaining: number;
  private state: 'reading' | 'waiting' | 'closed' = 'waiting';
  private clientGone = false;

  constructor(exchange: Exchange, file: OpenFile, part: Part) {
    this.exchange = exchange;
    this.file = file;
    this.position = part.start;
    this.remaining = part.length;
  }

  /** Begins. The file is closed when the stream is over. */
  start(): void {
    this.exchange.onClientGone = () => this.leave();
    this.exchange.onDrain = () => {
      if (this.state === 'waiting') this.readNext();
    };
    if (this.exchange.finished) return this.leave();
    this.readNext();
  }

  private readNext(): void {
    this.state = 'reading';
    const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK, this.remaining));
    read(this.file.fd, chunk, 0, chunk.length, this.position, (error, count) => this.onRead(error, chunk, count));
  }

  private onRead(error: Error | null, chunk: Buffer, count: number): void {
    this.state = 'waiting';
    if (this.clientGone) return this.close();
    if (error !== null || count === 0) {
      this.close();
      return this.exchange.cut(error === null ? 'file-truncated' : 'file-unreadable');
    }
    this.position += count;
    this.remaining -= count;
    if (this.remaining === 0) this.close();
    const ready = this.exchange.write(count === chunk.length ? chunk : chunk.subarray(0, count));
    if (this.remaining === 0) return this.exchange.end();
    // The write itself may have found the client gone, or room again.
    if (ready && this.state === 'waiting') this.readNext();
  }

  /** A descriptor isn't closed under a read: its number could belong to another file when the read gets its turn. */
  private leave(): void {
    this.clientGone = true;
    if (this.state === 'waiting') this.close();
  }

  private close(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    closeFile(this.file);
  }
}
