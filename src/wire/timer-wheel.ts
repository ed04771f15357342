/** Milliseconds between two ticks. A timeout fires never early, and up to two ticks late. */
const TICK = 50;
/** More than this between two ticks, and the process itself stood still. */
const MAX_STEP = 4 * TICK;
const SLOTS = 512;

/**
 * A timeout that can be moved as often as one likes for the price of an assignment. It belongs to one wheel.
 */
export class Deadline {
  /** When to fire, by the wheel's clock; 0: not armed. */
  at = 0;
  /** The slot it's linked into, -1: none. */
  slot = -1;
  next: Deadline | undefined = undefined;
  previous: Deadline | undefined = undefined;
  readonly expire: () => void;

  constructor(expire: () => void) {
    this.expire = expire;
  }
}

/**
 * One coarse timer for all connections: arming and moving a deadline costs no system call and no allocation. A deadline
 * that was moved later stays in its slot and is moved on only when that slot comes round.
 */
export class TimerWheel {
  /** Milliseconds, as of the last tick (or the last arming of an empty wheel). */
  now = performance.now();
  /**
   * Milliseconds of running. Time in which the process stood still isn't counted: what peers sent meanwhile is still
   * unread, so nobody may be blamed for silence.
   */
  private clock = 0;
  private readonly slots: (Deadline | undefined)[] = Array.from({ length: SLOTS }, () => undefined);
  /** The number of the last tick whose slot was visited. */
  private position = 0;
  private linked = 0;
  private timer: NodeJS.Timeout | undefined = undefined;

  /** Fires `deadline` in `delay` ms (0 or less: never), in place of what it was armed for. */
  arm(deadline: Deadline, delay: number): void {
    if (delay <= 0) return this.disarm(deadline);
    if (this.timer === undefined) this.start();
    // The clock stands at the last tick.
    deadline.at = this.clock + delay + TICK;
    if (deadline.slot >= 0) {
      const due = Math.ceil(deadline.at / TICK);
      // Linked into a slot that comes round before it's due: that visit will move it on.
      if (this.visitOf(deadline.slot) <= due) return;
      this.unlink(deadline);
    }
    this.link(deadline);
  }

  disarm(deadline: Deadline): void {
    deadline.at = 0;
  }

  /** Forgets a deadline for good, so that nothing keeps its owner alive. */
  remove(deadline: Deadline): void {
    deadline.at = 0;
    if (deadline.slot >= 0) this.unlink(deadline);
  }

  private start(): void {
    this.now = performance.now();
    this.timer = setInterval(() => this.tick(), TICK);
    // A deadline alone never keeps the process alive: the sockets do.
    this.timer.unref();
  }

  private tick(): void {
    const now = performance.now();
    this.clock += Math.min(now - this.now, MAX_STEP);
    this.now = now;
    const target = Math.floor(this.clock / TICK);
    while (this.position < target) this.visit(++this.position % SLOTS);
    if (this.linked === 0 && this.timer !== undefined) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
  }

  private visit(slot: number): void {
    // Taken from the head one by one: an expiry may remove any other deadline of this slot.
    for (let deadline = this.slots[slot]; deadline !== undefined; deadline = this.slots[slot]) {
      this.unlink(deadline);
      if (deadline.at > this.clock) {
        this.link(deadline);
      } else if (deadline.at > 0) {
        deadline.at = 0;
        deadline.expire();
      }
    }
  }

  /** The tick number at which `slot` is visited next. */
  private visitOf(slot: number): number {
    const ahead = (slot - (this.position % SLOTS) + SLOTS) % SLOTS;
    return this.position + (ahead === 0 ? SLOTS : ahead);
  }

  private link(deadline: Deadline): void {
    const due = Math.max(Math.ceil(deadline.at / TICK), this.position + 1);
    // Further away than one turn: a stop on the way.
    const slot = (due - this.position >= SLOTS ? this.position + SLOTS - 1 : due) % SLOTS;
    const head = this.slots[slot];
    deadline.slot = slot;
    deadline.next = head;
    deadline.previous = undefined;
    if (head !== undefined) head.previous = deadline;
    this.slots[slot] = deadline;
    this.linked++;
  }

  private unlink(deadline: Deadline): void {
    if (deadline.previous === undefined) this.slots[deadline.slot] = deadline.next;
    else deadline.previous.next = deadline.next;
    if (deadline.next !== undefined) deadline.next.previous = deadline.previous;
    deadline.next = undefined;
    deadline.previous = undefined;
    deadline.slot = -1;
    this.linked--;
  }
}
