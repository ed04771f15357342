import { createServer, type Server, type Socket } from 'node:net';
import type { Model } from '../../config/index.ts';
import {
  allListening,
  ConnectionTally,
  isSameAddress,
  listenOn,
  SOCKET_OPTIONS,
  type GatewayAddress,
} from '../../gateway/index.ts';
import { HANG, type Client, type Door, type WorkerProcess } from './worker-process.ts';

/** A door with whoever listens at it. */
interface OpenDoor extends Door {
  readonly listener: Model['listeners'][number];
  readonly server: Server;
  /** The one that was taken. */
  port: number | undefined;
}

/** While no worker is there so many connections wait for one; the rest is closed. */
const MAX_WAITING = 4096;

/** In a burst of connections one is rather handed to a worker with so many more than to one that has its hands full. */
const SLACK = 2;

/**
 * Accepts connections and hands each to the worker that has the fewest.
 *
 * Why not a listening socket that the workers share: the system wakes any of them, and 64 kept connections were found
 * anywhere from half and half to all on one of two workers, the other idle. Being handed over costs a connection some 120
 * microseconds once, and its requests nothing. Why not `node:cluster`: its round robin costs the same, but doesn't know
 * how many connections each worker has, and loses the one that it's handing over when a worker dies.
 */
export class Dispatcher {
  private doors: readonly OpenDoor[];
  private readonly tally: ConnectionTally;
  private readonly workers = new Set<WorkerProcess>();
  private readonly waiting: Client[] = [];
  private lastId = 0;
  private closed = false;
  private retry: NodeJS.Timeout | undefined = undefined;

  /** @param workers how many there will be */
  constructor(model: Model, workers: number) {
    this.tally = new ConnectionTally(model, workers);
    this.doors = model.listeners.map((listener, index) => this.doorAt(listener, index));
  }

  /** @throws the system's error if an address can't be listened on; none is then left open. */
  async listen(): Promise<readonly GatewayAddress[]> {
    try {
      return await allListening(this.doors.map(open));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Listens where another config says so. What both name stays open.
   * @returns what makes it final, to be called when the workers are told: `true` leaves the old addresses, `false` the new ones
   * @throws the system's error if an address can't be listened on; nothing has changed then.
   */
  async prepare(model: Model): Promise<(take: boolean) => void> {
    const spare = [...this.doors];
    const doors = model.listeners.map((listener) => {
      const at = spare.findIndex((door) => isSameAddress(door.listener, door.port, listener));
      return at < 0 ? this.doorAt(listener, -1) : (spare.splice(at, 1)[0] as OpenDoor);
    });
    const added = doors.filter((door) => !this.doors.includes(door));
    try {
      await allListening(added.map(open));
    } catch (error) {
      for (const { server } of added) server.close();
      throw error;
    }
    return (take) => {
      if (!take) return added.forEach(({ server }) => server.close());
      for (const door of spare) {
        door.server.close();
        door.index = -1;
      }
      for (const [index, door] of doors.entries()) door.index = index;
      this.doors = doors;
      this.tally.update(model, model.workers);
    };
  }

  /** Connections that workers have. */
  get connections(): number {
    let sum = 0;
    for (const worker of this.workers) sum += worker.size;
    return sum;
  }

  add(worker: WorkerProcess): void {
    this.workers.add(worker);
  }

  remove(worker: WorkerProcess): void {
    this.workers.delete(worker);
  }

  /** A worker didn't take it: it's the next one's. */
  takeBack(client: Client): void {
    if (this.closed) return this.drop(client);
    this.waiting.unshift(client);
    this.dispatch();
  }

  /** A connection is closed. */
  release(address: string): void {
    this.tally.remove(address);
  }

  /** Hands over as many of those that wait as there are workers to take one. */
  dispatch(): void {
    for (;;) {
      const [client] = this.waiting;
      const worker = client === undefined ? undefined : this.idlest();
      if (client === undefined || worker === undefined) return;
      this.waiting.shift();
      worker.take(client);
      // To the end: of two that have equally many the one that has waited longer is next.
      this.workers.delete(worker);
      this.workers.add(worker);
    }
  }

  /** Accepts no more, and closes what no worker has taken. */
  close(): void {
    this.closed = true;
    clearTimeout(this.retry);
    for (const { server } of this.doors) server.close();
    for (const client of this.waiting.splice(0)) this.drop(client);
  }

  private doorAt(listener: OpenDoor['listener'], index: number): OpenDoor {
    const door: OpenDoor = {
      listener,
      index,
      port: undefined,
      // Paused: not a byte may be read here.
      server: createServer({ ...SOCKET_OPTIONS, pauseOnConnect: true }, (socket) => this.accept(socket, door)),
    };
    return door;
  }

  private accept(socket: Socket, door: Door): void {
    const address = socket.remoteAddress ?? '';
    const place = this.tally.add(address);
    const client = { id: ++this.lastId, socket, door, address, beyondLimit: place !== 'within' };
    socket.on('error', () => {});
    if (place === 'far beyond' || this.waiting.length >= MAX_WAITING) return this.drop(client);
    this.waiting.push(client);
    this.dispatch();
  }

  private drop({ socket, address }: Client): void {
    socket.destroy();
    this.tally.remove(address);
  }

  /** The one with the fewest that can take another. Undefined: a better one soon will. */
  private idlest(): WorkerProcess | undefined {
    let found: WorkerProcess | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const worker of this.workers) {
      if (worker.responsive) fewest = Math.min(fewest, worker.size);
      if (worker.takes && (found === undefined || worker.size < found.size)) found = worker;
    }
    if (found === undefined || found.size <= fewest + SLACK) return found;
    // If the better one hangs, nobody will say so.
    this.retry ??= setTimeout(() => {
      this.retry = undefined;
      this.dispatch();
    }, HANG);
    return undefined;
  }
}

async function open(door: OpenDoor): Promise<GatewayAddress> {
  const address = await listenOn(door.server, door.listener);
  door.port = address.port;
  return address;
}
