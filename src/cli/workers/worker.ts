// A worker process of `oneorigin serve`: it listens nowhere, and serves the connections that its supervisor hands it.
import type { Socket } from 'node:net';
import { ConfigError, createGateway, type Gateway } from '../../gateway/index.ts';
import { ignoreClosedPipe } from '../terminal.ts';
import { retirement } from './retirement.ts';
import type { FromWorker, ReloadMessage, StartMessage, ToWorker } from './messages.ts';

let gateway: Gateway | undefined;
let closed: number[] = [];

function tell(message: FromWorker): void {
  // Without the callback a supervisor that is gone would be thrown at us.
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

function start({ config, baseDir }: StartMessage): void {
  try {
    gateway = createGateway(config, { baseDir });
    gateway.start();
    tell({ kind: 'ready' });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    tell({ kind: 'problems', problems: error.diagnostics });
    process.disconnect();
  }
}

async function reload({ config, baseDir }: ReloadMessage): Promise<void> {
  try {
    await gateway?.reload(config, { baseDir });
    tell({ kind: 'reloaded' });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // The supervisor found it valid a moment ago: a file that it names is gone. Another worker will say so at its start.
    tell({ kind: 'problems', problems: error.diagnostics });
    tell({ kind: 'leaving' });
  }
}

function serve(
  { id, listener, beyondLimit }: Extract<ToWorker, { kind: 'connection' }>,
  socket: Socket | undefined,
): void {
  tell({ kind: 'took' });
  // It was closed on its way.
  if (socket === undefined || gateway === undefined) return forget(id);
  // A socket that comes from another process knows nothing of what its server was told.
  socket.allowHalfOpen = true;
  gateway.accept(socket, { listener, beyondLimit }).once('close', () => forget(id));
}

/** One message for all connections that were closed within one turn of the event loop. */
function forget(id: number): void {
  if (closed.push(id) > 1) return;
  setImmediate(() => {
    tell({ kind: 'closed', ids: closed });
    closed = [];
  });
}

async function stop(how: 'end' | 'retire'): Promise<void> {
  // The supervisor has waited for whoever was to notice, and accepts no more.
  if (how === 'end') await gateway?.close({ delay: 0 });
  else await gateway?.close({ delay: 0, deadline: retirement(gateway.model), idle: 'serve' });
  if (process.connected) process.disconnect();
}

/** Makes this process a worker of the one that started it. */
export function runWorker(): void {
  process.on('message', (message: ToWorker, socket: Socket | undefined) => {
    if (message.kind === 'start') start(message);
    else if (message.kind === 'connection') serve(message, socket);
    else if (message.kind === 'reload') void reload(message);
    else if (message.kind === 'metrics') {
      tell({ kind: 'metrics', question: message.question, families: gateway?.snapshot(`worker ${process.pid}`) ?? [] });
    } else void stop(message.how);
  });
  // Whoever watched over us is gone, and with it every new connection.
  process.on('disconnect', () => void stop('end'));
  // Ctrl-C reaches all processes of a terminal. The supervisor says when to stop, since it must hand over nothing any more.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => tell({ kind: 'leaving' }));
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
}
