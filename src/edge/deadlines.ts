import type { ProblemCode } from '../diagnostics/catalogue/problems.ts';

/** How long an exchange may take. Milliseconds; 0: no limit. */
export interface EdgeTimeouts {
  /** Part of `head`: `fetch` doesn't tell them apart. */
  readonly connect: number;
  /** From the end of the request to the answer's head, with the time that connecting takes. */
  readonly head: number;
  readonly idle: number;
  readonly total: number;
  /** Without a byte while the client's body arrives. */
  readonly body: number;
}

/** The deadlines of one exchange: whichever is missed ends it. */
export class Deadlines {
  private readonly timeouts: EdgeTimeouts;
  private readonly missed: (code: ProblemCode) => void;
  private readonly total: Timer | undefined;
  private waiting: Timer | undefined = undefined;

  constructor(timeouts: EdgeTimeouts, missed: (code: ProblemCode) => void) {
    this.timeouts = timeouts;
    this.missed = missed;
    this.total = this.start('upstream-total-timeout', timeouts.total);
  }

  /** From now on the answer's head is awaited. */
  awaitHead(): void {
    this.restart('upstream-head-timeout', this.timeouts.head);
  }

  /** From now on more of the client's body is awaited. */
  awaitClient(): void {
    this.restart('body-timeout', this.timeouts.body);
  }

  /** From now on it's awaited that bytes move on, either way. */
  awaitBytes(): void {
    this.restart('upstream-idle-timeout', this.timeouts.idle);
  }

  /** Nothing is awaited: it's the other side's turn. */
  rest(): void {
    clearTimeout(this.waiting);
    this.waiting = undefined;
  }

  /** The exchange is over. */
  end(): void {
    this.rest();
    clearTimeout(this.total);
  }

  private restart(code: ProblemCode, after: number): void {
    this.rest();
    this.waiting = this.start(code, after);
  }

  private start(code: ProblemCode, after: number): Timer | undefined {
    return after === 0 ? undefined : setTimeout(() => this.missed(code), after);
  }
}

type Timer = ReturnType<typeof setTimeout>;
