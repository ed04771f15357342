import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connectClient, type RawClient } from '../../fixtures/raw-client.ts';
import { serveProcess, type ServeProcess } from '../../fixtures/serve-process.ts';
import { makeTempFolder } from '../../fixtures/temp-folder.ts';

/** What a test with worker processes plays with. */
export interface Play {
  /** Writes the config and runs `oneorigin serve` with it. */
  serve(config: string, ...args: readonly string[]): Promise<ServeProcess>;
  /** A server that answers with the name of the worker that asked; `/held` it answers when told to. */
  readonly upstream: string;
  /** The next request for `/held`. */
  held(): Promise<ServerResponse>;
  /** A connection to what was served last. */
  connect(): Promise<RawClient>;
  /** Writes a config and says where it lies. */
  write(name: string, config: string): string;
  /** A path in the test's own folder. */
  path(name: string): string;
  end(): Promise<void>;
}

/** Sets the stage. */
export async function play(): Promise<Play> {
  const folder = makeTempFolder();
  const started: ServeProcess[] = [];
  const clients: RawClient[] = [];
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/held') {
      held.push(response);
      server.emit('held');
    } else {
      // A worker's ids all begin with the same letters.
      response.end(String(request.headers['x-request-id']).split('-')[0]);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    upstream: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    path: (name) => join(folder.path, name),
    write: (name, config) => folder.write(name, config),
    serve: async (config, ...args) => {
      const process = await serveProcess(folder.write('oneorigin.yaml', config), ...args);
      started.push(process);
      return process;
    },
    held: async () => {
      if (held.length === 0) await once(server, 'held');
      return held.shift()!;
    },
    connect: async () => {
      const client = await connectClient(started.at(-1)?.port ?? 0);
      clients.push(client);
      return client;
    },
    end: async () => {
      for (const { socket } of clients) socket.destroy();
      for (const process of started) {
        for (const pid of process.workers()) kill(pid);
        process.kill('SIGKILL');
        await process.exited;
      }
      server.closeAllConnections();
      server.close();
      folder.remove();
    },
  };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
