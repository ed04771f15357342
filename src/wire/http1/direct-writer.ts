// oxlint-disable no-underscore-dangle -- Node's own name
import type { Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';

/** What a socket of Node's writes with. */
interface StreamHandle {
  /** Negative: the system's error. Else it was written, or is on its way until `oncomplete`. */
  writeLatin1String(request: WriteRequest, text: string): number;
  writeBuffer(request: WriteRequest, bytes: Buffer): number;
}

/** One write that didn't leave at once. */
interface WriteRequest {
  /**
   * `FREE` unless a write is on its way with it. (The handle's queue doesn't tell: when the kernel refuses a write and has
   * room again a moment later, the queue is empty and the request is still in use.)
   */
  getAsyncId(): number;
  oncomplete?: (status: number) => void;
  /** Memory that has to live until then. */
  bytes?: Buffer;
}

type WriteRequestConstructor = new () => WriteRequest;

const FREE = -1;

/** Longer texts are put into memory of the heap's first and don't gain. */
const MAX_TEXT = 16 * 1024;

/** Node's own; undefined until a first write showed it, null if this Node's sockets are made differently. */
let Request: WriteRequestConstructor | undefined | null = undefined;
/** The one that all sockets use until a write doesn't leave at once, and keeps it. */
let spare: WriteRequest | undefined = undefined;

/**
 * Writes on a TCP socket without the stream in between, which costs 0.3 µs and a turn of `nextTick` a write to report what
 * is known at once: that the kernel took all of it. Where it didn't, what follows goes through the stream, behind it.
 *
 * Node offers no such way. Where a socket isn't made as expected, `write` says so and nothing has happened.
 */
export class DirectWriter {
  private readonly socket: Socket;
  private readonly failed: (error: Error) => void;
  private broken = false;
  /** The socket's, once it's known to be one that can be written to here. */
  private handle: StreamHandle | undefined = undefined;
  /** Bytes of a write that the kernel hasn't taken (all of) yet. */
  waiting = 0;

  /** @param failed a write failed. Nothing more is written here. */
  constructor(socket: Socket, failed: (error: Error) => void) {
    this.socket = socket;
    this.failed = failed;
  }

  /** @returns whether it was written, or failed; false: the stream has to do it. */
  writeText(text: string): boolean {
    if (text.length > MAX_TEXT) return false;
    const handle = this.ready();
    if (handle === undefined) return false;
    if (Request === undefined) return this.learn(handle, text);
    const request = (spare ??= new (Request as WriteRequestConstructor)());
    return this.wrote(request, handle.writeLatin1String(request, text), text.length, undefined);
  }

  /** As `writeText`. If `waiting` isn't 0 afterwards, the bytes' memory has to stay as it is. */
  writeBytes(bytes: Buffer): boolean {
    const handle = this.ready();
    if (handle === undefined || Request === undefined) return false;
    const request = (spare ??= new (Request as WriteRequestConstructor)());
    const error = handle.writeBuffer(request, bytes);
    return this.wrote(request, error, bytes.length, bytes);
  }

  private ready(): StreamHandle | undefined {
    const { socket } = this;
    if (Request === null || this.broken || this.waiting > 0 || socket.connecting || socket.writableLength > 0) {
      return undefined;
    }
    const handle = (socket as unknown as { readonly _handle?: StreamHandle | null })._handle ?? undefined;
    if (handle !== this.handle) {
      if (handle?.constructor.name !== 'TCP') return undefined;
      this.handle = handle;
    }
    return handle;
  }

  private wrote(request: WriteRequest, status: number, length: number, bytes: Buffer | undefined): true {
    if (status !== 0) {
      this.fail(status);
    } else if (request.getAsyncId() !== FREE) {
      spare = undefined;
      this.waiting = length;
      if (bytes !== undefined) request.bytes = bytes;
      request.oncomplete = (result) => {
        this.waiting = 0;
        if (result !== 0) this.fail(result);
      };
    }
    return true;
  }

  private fail(status: number): void {
    if (this.broken) return;
    this.broken = true;
    // A socket that is destroyed takes its unfinished writes back.
    if (this.socket.destroyed) return;
    const code = getSystemErrorName(status);
    this.failed(Object.assign(new Error(`write ${code}`), { code, errno: status, syscall: 'write' }));
  }

  /** Has the stream write for once, and looks what it hands to the socket's handle. */
  private learn(handle: StreamHandle, text: string): true {
    const standard = handle.writeLatin1String;
    let seen: WriteRequestConstructor | undefined = undefined;
    handle.writeLatin1String = function writeLatin1String(request, latin1) {
      seen = request.constructor as WriteRequestConstructor;
      return standard.call(this, request, latin1);
    };
    this.socket.write(text, 'latin1');
    Reflect.deleteProperty(handle, 'writeLatin1String');
    const found = seen as WriteRequestConstructor | undefined;
    // The stream kept it back: the next text shows it.
    if (found === undefined) return true;
    Request = typeof handle.writeBuffer === 'function' && isUsable(found) ? found : null;
    return true;
  }
}

/** Whether requests are as expected here, and tell whether they are free. */
function isUsable(found: WriteRequestConstructor): boolean {
  return (
    found.name === 'WriteWrap' &&
    typeof (found.prototype as Partial<WriteRequest>).getAsyncId === 'function' &&
    new found().getAsyncId() === FREE
  );
}
