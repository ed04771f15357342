/** Where lines go; `process.stdout` is one. */
export interface LineTarget {
  write(text: string): unknown;
}

/** More than this waiting for a slow reader: lines are dropped and counted, since logging must not stop traffic. */
const MAX_WAITING = 4 * 1024 * 1024;

/** Writes lines in batches: one write for all exchanges that ended within one turn of the event loop. */
export class LineWriter {
  private readonly target: LineTarget & { readonly writableLength?: number };
  private waiting = '';
  private scheduled = false;
  private dropped = 0;

  constructor(target: LineTarget) {
    this.target = target;
  }

  write(line: string): void {
    if ((this.target.writableLength ?? 0) > MAX_WAITING) {
      this.dropped++;
      return;
    }
    this.waiting += `${line}\n`;
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.flush());
  }

  flush(): void {
    this.scheduled = false;
    if (this.dropped > 0 && (this.target.writableLength ?? 0) <= MAX_WAITING) {
      this.waiting += `(${this.dropped} log lines dropped: the reader was too slow)\n`;
      this.dropped = 0;
    }
    const text = this.waiting;
    this.waiting = '';
    if (text !== '') this.target.write(text);
  }
}
