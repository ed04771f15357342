import { read, readSync } from 'node:fs';
import type { ClientWatcher, Exchange } from '../../wire/exchange.ts';
import { ChunkBuffers } from './chunk-buffers.ts';
import type { OpenFile } from './open-file.ts';
import { ReadingPace } from './reading-pace.ts';

/** After so much in one go others get their turn. */
const BURST = 1024 * 1024;

/** Which bytes of a file to stream. */
export interface Part {
  readonly start: number;
  readonly length: number;
}

/** Shared by all streams of the process: that's what bounds them. */
const shared = new ChunkBuffers();
const pace = new ReadingPace();

/**
 * Streams a part of a file as the body of a response that is open: one chunk at a time, none while the client is full.
 * Sends as many bytes as were announced even if the file grows, and cuts the response if it shrinks.
 */
export class FileStream implements ClientWatcher {
  private readonly exchange: Exchange;
  private readonly file: OpenFile;
  private readonly buffers: ChunkBuffers;
  private position: number;
  private remaining: number;
  private state: 'reading' | 'writing' | 'waiting' | 'over' = 'waiting';
  private gone = false;
  /** What is read into, or what the wire holds while we wait for it. */
  private buffer: Buffer | undefined = undefined;
  /** Bytes read since others had a turn. */
  private burst = 0;

  constructor(exchange: Exchange, file: OpenFile, part: Part, buffers: ChunkBuffers = shared) {
    this.exchange = exchange;
    this.file = file;
    this.buffers = buffers;
    this.position = part.start;
    this.remaining = part.length;
  }

  /** Begins. The file is closed when the stream is over. */
  start(): void {
    this.exchange.watcher = this;
    if (this.exchange.finished) return this.clientGone();
    this.readNext();
  }

  clientDrained(): void {
    if (this.state === 'waiting') this.goOn();
  }

  private goOn(): void {
    this.releaseBuffer();
    if (this.remaining > 0) return this.readNext();
    this.close();
    this.exchange.end();
  }

  private readNext(): void {
    this.state = 'reading';
    const buffer = this.buffers.take(this.remaining);
    this.buffer = buffer;
    const length = Math.min(buffer.length, this.remaining);
    if (this.file.local && this.burst < BURST && pace.isQuick()) return this.readNow(buffer, length);
    this.burst = 0;
    read(this.file.fd, buffer, 0, length, this.position, this.onRead);
  }

  private readNow(buffer: Buffer, length: number): void {
    let count = 0;
    let failure: Error | null = null;
    const began = performance.now();
    try {
      count = readSync(this.file.fd, buffer, 0, length, this.position);
    } catch (error) {
      failure = error as Error;
    }
    pace.took(performance.now() - began);
    this.burst += count;
    this.onRead(failure, count);
  }

  private readonly onRead = (error: Error | null, count: number): void => {
    if (this.gone || this.exchange.finished) return this.close();
    if (error !== null || count === 0) {
      this.close();
      return this.exchange.cut(error === null ? 'file-truncated' : 'file-unreadable');
    }
    this.position += count;
    this.remaining -= count;
    if (this.remaining === 0) this.file.close();
    this.state = 'writing';
    const ready = this.exchange.write((this.buffer as Buffer).subarray(0, count));
    if (this.gone) return this.close();
    this.state = 'waiting';
    if (ready) this.goOn();
  };

  /** A descriptor isn't closed under a read: its number could belong to another file when the read gets its turn. */
  clientGone(): void {
    this.gone = true;
    if (this.state === 'waiting') this.close();
  }

  private close(): void {
    this.state = 'over';
    this.file.close();
    this.releaseBuffer();
  }

  private releaseBuffer(): void {
    const { buffer } = this;
    this.buffer = undefined;
    if (buffer === undefined) return;
    // The wire may keep a little and call for more.
    if (this.exchange.holds) this.buffers.drop(buffer);
    else this.buffers.give(buffer);
  }
}
