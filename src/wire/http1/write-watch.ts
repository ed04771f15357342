import type { Socket } from 'node:net';
import { Deadline, type TimerWheel } from '../timer-wheel.ts';

/** Notices a reader that takes nothing any more of what was written to it. */
export class WriteWatch {
  private readonly socket: Socket;
  private readonly outbox: { readonly unsent: number };
  private readonly wheel: TimerWheel;
  private readonly time: number;
  private readonly stalled: () => void;
  /** Made when there's first something to wait for: most responses leave at once. */
  private deadline: Deadline | undefined = undefined;
  /** Bytes that had left when the deadline was armed. */
  private progress = 0;

  /**
   * @param outbox knows what was written to the socket and hasn't left
   * @param limit how long nothing may leave, in milliseconds (0: any time), and the wheel that measures it
   * @param stalled is called when that time is over
   */
  constructor(
    socket: Socket,
    outbox: { readonly unsent: number },
    limit: { wheel: TimerWheel; time: number },
    stalled: () => void,
  ) {
    this.socket = socket;
    this.outbox = outbox;
    this.wheel = limit.wheel;
    this.time = limit.time;
    this.stalled = stalled;
  }

  /** Something was written. */
  written(): void {
    if (this.time <= 0 || this.outbox.unsent === 0) return;
    this.deadline ??= new Deadline(() => this.expired());
    if (this.deadline.at > 0) return;
    this.progress = this.left();
    this.wheel.arm(this.deadline, this.time);
  }

  /** All of it has left. */
  drained(): void {
    if (this.deadline !== undefined) this.wheel.disarm(this.deadline);
  }

  /** Watches no more. */
  remove(): void {
    if (this.deadline !== undefined) this.wheel.remove(this.deadline);
  }

  private left(): number {
    return this.socket.bytesWritten - this.outbox.unsent;
  }

  private expired(): void {
    // Node says 'drain' only to writers that were told to wait, so the last of it may have left in silence.
    if (this.outbox.unsent === 0 || this.left() > this.progress) this.written();
    else this.stalled();
  }
}
