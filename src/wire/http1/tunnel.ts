import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Deadline, type TimerWheel } from '../timer-wheel.ts';

/** How long one side may take to read what the other sent before it closed, where no idle timeout says. */
const LAST_WORDS = 60_000;

/**
 * A client's and an upstream's connection joined: bytes both ways with backpressure, a half-close passed on as one. What
 * one side sent before it closed still reaches the other; a reset of one side resets both.
 */
export class Tunnel {
  private readonly client: Duplex;
  private readonly upstream: Socket;
  private readonly wheel: TimerWheel;
  private readonly idle: number;
  private readonly deadline = new Deadline(() => this.destroy());

  /** @param idle milliseconds that may pass without a byte either way; 0: any */
  constructor(client: Duplex, upstream: Socket, { wheel, idle }: { wheel: TimerWheel; idle: number }) {
    this.client = client;
    this.upstream = upstream;
    this.wheel = wheel;
    this.idle = idle;
    wheel.arm(this.deadline, idle);
    client.on('data', (chunk: Buffer) => {
      wheel.arm(this.deadline, idle);
      if (!upstream.write(chunk)) client.pause();
    });
    client.on('drain', () => this.drained(upstream));
    upstream.on('drain', () => this.drained(client));
    client.on('end', () => upstream.end());
    upstream.on('end', () => client.end());
    client.on('error', () => this.destroy());
    upstream.on('error', () => this.destroy());
    client.on('close', () => this.oneClosed(upstream));
    upstream.on('close', () => this.oneClosed(client));
    client.resume();
  }

  /** What the upstream sent. @param owned whether `buffer` may be kept */
  receive(buffer: Buffer, bytes: number, owned: boolean): void {
    this.wheel.arm(this.deadline, this.idle);
    const chunk = buffer.subarray(0, bytes);
    if (!this.client.write(owned ? chunk : Buffer.from(chunk))) this.upstream.pause();
  }

  private drained(source: Duplex): void {
    this.wheel.arm(this.deadline, this.idle);
    source.resume();
  }

  private oneClosed(other: Duplex): void {
    if (other.destroyed) return this.wheel.remove(this.deadline);
    this.wheel.arm(this.deadline, this.idle > 0 ? this.idle : LAST_WORDS);
    // Nobody reads any more what it still sends, but its own end has to be noticed.
    other.resume();
    if (other.writableFinished) other.destroy();
    else {
      other.once('finish', () => other.destroy());
      other.end();
    }
  }

  private destroy(): void {
    this.wheel.remove(this.deadline);
    this.client.destroy();
    this.upstream.destroy();
  }
}
