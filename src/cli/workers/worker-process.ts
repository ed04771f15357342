import { fork, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { extname } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Diagnostic } from '../../diagnostics/index.ts';
import type { MetricFamily } from '../../observe/metrics/families.ts';
import type { FromWorker, ReloadMessage, StartMessage, ToWorker } from './messages.ts';

/** An address that is listened on. */
export interface Door {
  /** Its index in the `listen` of the config in force; -1: a reload has taken it away. */
  index: number;
}

/** A client's connection that waits for a worker. */
export interface Client {
  readonly id: number;
  readonly socket: Socket;
  /** The address that it came through. */
  readonly door: Door;
  /** The client's address, by which it's counted. */
  readonly address: string;
  /** By how many connections a limit is exceeded. */
  readonly beyondLimit: boolean;
}

/** How a worker process came to its end. */
export interface Ending {
  /** `SIGKILL`, or `exit code 1`. */
  readonly how: string;
  /** What is wrong with its config, if that is why. */
  readonly problems: readonly Diagnostic[];
  /** Milliseconds that it lived. */
  readonly lived: number;
  /** It was asked to end. */
  readonly asked: boolean;
}

/** What is heard of a worker. */
export interface WorkerEvents {
  ready(): void;
  /** It can be handed the next connection. */
  free(): void;
  /** It was asked to end, by somebody else. */
  leaving(): void;
  /** A connection from this address is closed. */
  closed(address: string): void;
  /** It didn't take this one before it ended. */
  returned(client: Client): void;
  ended(ending: Ending): void;
}

/** Beside this file from src, and beside the bundle from dist. */
const MAIN = fileURLToPath(new URL(`worker-main${extname(fileURLToPath(import.meta.url))}`, import.meta.url));

/** So long after a gateway's own deadline a worker that is still there hangs. */
const STOP_MARGIN = 2000;

/** Whoever scrapes gives up after ten seconds, as a rule. */
const METRICS_TIMEOUT = 2000;

/** Milliseconds in which a worker that isn't stuck takes a connection. */
export const HANG = 100;

/** One worker process, as its supervisor sees it. */
export class WorkerProcess {
  private readonly child: ChildProcess;
  private readonly events: WorkerEvents;
  private readonly startedAt = performance.now();
  /** Addresses of its clients by connection. */
  private readonly clients = new Map<number, string>();
  private problems: readonly Diagnostic[] = [];
  private handing: Client | undefined = undefined;
  private handedAt = 0;
  private ready = false;
  private stopping: 'end' | 'retire' | undefined = undefined;
  private reloading = 0;
  private readonly questions = new Map<number, (families: readonly MetricFamily[]) => void>();
  private lastQuestion = 0;

  constructor(order: StartMessage, events: WorkerEvents) {
    this.events = events;
    this.child = fork(MAIN, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    this.child.on('message', (message: FromWorker) => this.heard(message));
    this.child.on('error', () => {});
    // `close` and not `exit`: what it said and logged before has arrived then.
    this.child.once('close', (code, signal) => this.ended(signal ?? `exit code ${code}`));
    this.tell(order);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Connections that it has. */
  get size(): number {
    return this.clients.size;
  }

  /** What it writes. */
  get output(): Readable | null {
    return this.child.stdout;
  }

  /** Whether a connection can be handed to it. It's one at a time: what waits within a channel is lost with it. */
  get takes(): boolean {
    const free = this.handing === undefined && this.reloading === 0;
    return this.ready && this.stopping === undefined && free && this.child.connected;
  }

  /** Whether it takes one now or, most likely, in a moment. */
  get responsive(): boolean {
    const free = this.handing === undefined || performance.now() - this.handedAt < HANG;
    return this.ready && this.stopping === undefined && free;
  }

  take(client: Client): void {
    this.handedAt = performance.now();
    const { id, door, beyondLimit, socket, address } = client;
    this.handing = client;
    this.clients.set(id, address);
    const message: ToWorker = { kind: 'connection', id, listener: Math.max(0, door.index), beyondLimit };
    // Kept open here until the worker has it, so that another one can have it if this one dies before.
    this.child.send(message, socket, { keepOpen: true }, () => {});
  }

  /** What it has counted; nothing if it doesn't say so in time. */
  metrics(): Promise<readonly MetricFamily[]> {
    const question = ++this.lastQuestion;
    return new Promise((resolve) => {
      const answered = (families: readonly MetricFamily[]): void => {
        clearTimeout(timer);
        this.questions.delete(question);
        resolve(families);
      };
      const timer = setTimeout(() => answered([]), METRICS_TIMEOUT);
      this.questions.set(question, answered);
      this.tell({ kind: 'metrics', question });
    });
  }

  /** Whether it serves. */
  get serves(): boolean {
    return this.ready && this.stopping === undefined;
  }

  /** Puts another config in force. Until it has said so it's handed nothing: the two count their addresses differently. */
  reload(order: ReloadMessage): void {
    this.reloading++;
    this.tell(order);
  }

  /**
   * Lets it end what is under way; kills it if it hangs.
   * @param how see `ToWorker`
   * @param deadline milliseconds after which it will have cut what is left; Infinity: it takes what it takes
   */
  stop(how: 'end' | 'retire', deadline: number): void {
    // Who retires may still be told to end.
    if (this.stopping === 'end' || this.stopping === how) return;
    this.stopping = how;
    this.tell({ kind: 'stop', how });
    if (deadline === Number.POSITIVE_INFINITY) return;
    const timer = setTimeout(() => this.kill(), deadline + STOP_MARGIN);
    this.child.once('close', () => clearTimeout(timer));
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private tell(message: ToWorker): void {
    // Whether it's gone is heard by `close`.
    if (this.child.connected) this.child.send(message, () => {});
  }

  private heard(message: FromWorker): void {
    switch (message.kind) {
      case 'ready':
        this.ready = true;
        this.events.ready();
        return;
      case 'reloaded':
        this.reloading--;
        this.events.free();
        return;
      case 'metrics':
        this.questions.get(message.question)?.(message.families);
        return;
      case 'problems':
        this.problems = message.problems;
        return;
      case 'took':
        this.handing?.socket.destroy();
        this.handing = undefined;
        this.events.free();
        return;
      case 'closed':
        for (const id of message.ids) this.forget(id);
        return;
      default:
        this.events.leaving();
    }
  }

  private forget(id: number): void {
    const address = this.clients.get(id);
    if (address !== undefined && this.clients.delete(id)) this.events.closed(address);
  }

  private ended(how: string): void {
    const { handing, events, problems, stopping } = this;
    this.handing = undefined;
    if (handing !== undefined) {
      this.clients.delete(handing.id);
      events.returned(handing);
    }
    for (const id of this.clients.keys()) this.forget(id);
    events.ended({ how, problems, lived: performance.now() - this.startedAt, asked: stopping !== undefined });
  }
}
