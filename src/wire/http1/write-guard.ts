// oxlint-disable no-underscore-dangle -- `_write` and `_writev` are what Node has streams extended by
import type { Socket } from 'node:net';

/** What a write says once the peer has closed or reset the connection. */
const PEER_GONE = new Set(['EPIPE', 'ECONNRESET']);

type Written = (error?: Error | null) => void;

/**
 * Keeps a failed write from costing what can still be read. A server that refuses an upload answers and closes; our next
 * write then fails, and a socket of Node destroys itself with the answer unread in the kernel. Behind this guard such a
 * write counts as done, later ones go nowhere, and how the connection ended is left to whoever reads it to its end.
 */
export class WriteGuard {
  private readonly socket: Socket;
  /** A write failed: the peer takes nothing any more. */
  broken = false;
  /** The stream has one write under way at a time: its callback needs no closure of its own. */
  private callback: Written = ignore;

  constructor(socket: Socket) {
    this.socket = socket;
    const write = socket._write.bind(socket);
    const writev = socket._writev?.bind(socket);
    const written: Written = (error) => this.written(error);
    socket._write = (chunk, encoding, callback) => {
      if (this.broken) return callback();
      this.callback = callback;
      write(chunk, encoding, written);
    };
    if (writev === undefined) return;
    socket._writev = (chunks, callback) => {
      if (this.broken) return callback();
      this.callback = callback;
      writev(chunks, written);
    };
  }

  /** A write failed that the stream knows nothing of. */
  failed(error: Error): void {
    if (isPeerGone(error)) this.broken = true;
    else this.socket.destroy(error);
  }

  private written(error: Error | null | undefined): void {
    const { callback } = this;
    if (error === null || error === undefined || !isPeerGone(error)) return callback(error);
    this.broken = true;
    callback();
  }
}

function isPeerGone(error: Error): boolean {
  return PEER_GONE.has((error as NodeJS.ErrnoException).code ?? '');
}

function ignore(): void {
  // Replaced by the first write.
}
