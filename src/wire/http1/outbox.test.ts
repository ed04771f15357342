import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Outbox } from './outbox.ts';

const open: { destroy(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.destroy();
});

interface Pair {
  readonly socket: Socket;
  readonly outbox: Outbox;
  /** Doesn't read before it's told to. */
  readonly peer: Socket;
  readonly errors: Error[];
}

/** Two ends of a connection; what is written goes through an outbox, which has written once. */
async function pair(path?: string): Promise<Pair> {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
  open.push({ destroy: () => server.close() });
  server.listen(path === undefined ? { port: 0, host: '127.0.0.1' } : { path });
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const socket = path === undefined ? connect((server.address() as AddressInfo).port, '127.0.0.1') : connect(path);
  await once(socket, 'connect');
  const [peer] = (await accepted) as [Socket];
  socket.on('error', () => {});
  peer.on('error', () => {});
  open.push(socket, peer);
  const errors: Error[] = [];
  const outbox = new Outbox(
    socket,
    () => {},
    (error) => errors.push(error),
  );
  outbox.send('<');
  return { socket, outbox, peer, errors };
}

/** All that comes until the end. */
async function readAll(peer: Socket): Promise<string> {
  let text = '';
  peer.setEncoding('latin1');
  peer.on('data', (chunk: string) => (text += chunk));
  peer.resume();
  await once(peer, 'end');
  return text;
}

/** Writes until the kernel takes no more. */
function fill({ outbox }: Pair, kind: 'text' | 'bytes' = 'text'): string {
  let sent = '<';
  for (let i = 0; outbox.unsent === 0; i++) {
    const text = `${i};`.padEnd(8000, '.');
    sent += text;
    if (kind === 'text') outbox.send(text);
    else outbox.emitBuffer(Buffer.from(text));
  }
  return sent;
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** A thread that reads little at a time and says at the end how much it was. */
const SLOW_READER = `
  const { connect } = require('node:net');
  const { workerData, parentPort } = require('node:worker_threads');
  let read = 0;
  const callback = (length) => { read += length; return true; };
  connect({ port: workerData, host: '127.0.0.1', onread: { buffer: Buffer.alloc(1024), callback } })
    .on('end', () => parentPort.postMessage(read));
`;

describe('what is written to a TCP socket', () => {
  it('goes past the stream', async () => {
    const { socket, outbox, peer } = await pair();
    const streamed = vi.spyOn(socket, 'write');
    outbox.send('ä'.repeat(10));
    outbox.emit('head');
    outbox.emitBuffer(Buffer.alloc(5000, 'b'));
    await new Promise(setImmediate);
    expect(streamed).not.toHaveBeenCalled();
    socket.end();
    expect(await readAll(peer)).toBe(`<${'ä'.repeat(10)}head${'b'.repeat(5000)}`);
  });

  it('comes whole and in order, whatever its sizes and however slowly it is read', async () => {
    const piece = fc.record({
      kind: fc.constantFrom('send', 'emit', 'buffer', 'chunk'),
      size: fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 300_000 })),
      turn: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), fc.boolean(), async (pieces, fullAtFirst) => {
        const both = await pair();
        const { socket, outbox, peer } = both;
        let expected = fullAtFirst ? fill(both) : '<';
        for (const [index, { kind, size, turn }] of pieces.entries()) {
          const text = String.fromCharCode(0x61 + (index % 26)).repeat(size);
          if (kind === 'send') outbox.send(text);
          else if (kind === 'emit') outbox.emit(text);
          else if (kind === 'buffer') outbox.emitBuffer(Buffer.from(text));
          else outbox.emitChunk(Buffer.from(text));
          expected += kind === 'chunk' ? `${size.toString(16)}\r\n${text}\r\n` : text;
          if (turn) await new Promise(setImmediate);
        }
        outbox.flush();
        socket.end();
        expect((await readAll(peer)) === expected).toBe(true);
        socket.destroy();
      }),
      { numRuns: 40 },
    );
  });

  it('is counted until the kernel has it', async () => {
    const both = await pair();
    const sent = fill(both);
    const waiting = both.outbox.unsent;
    expect(waiting).toBeGreaterThan(0);
    both.outbox.send('y');
    expect(both.outbox.unsent).toBe(waiting + 1);
    expect(both.outbox.hasRoom()).toBe(true);
    both.outbox.emitBuffer(Buffer.alloc(200_000, 'x'));
    expect(both.outbox.hasRoom()).toBe(false);
    const drained = once(both.socket, 'drain');
    const read = readAll(both.peer);
    await drained;
    expect(both.outbox.hasRoom()).toBe(true);
    both.outbox.send('last');
    both.socket.end();
    expect((await read) === `${sent}y${'x'.repeat(200_000)}last`).toBe(true);
    expect(both.outbox.unsent).toBe(0);
    expect(both.errors).toEqual([]);
  });

  it('keeps its memory while it waits', async () => {
    const both = await pair();
    const other = await pair();
    let sent = fill(both, 'bytes');
    collectGarbage();
    for (const char of 'pq') {
      // Put together in the same memory, if what waits didn't keep it.
      other.outbox.emitBuffer(Buffer.alloc(8000, 'r'));
      both.outbox.emitBuffer(Buffer.alloc(4000, char));
      sent += char.repeat(4000);
    }
    const read = readAll(both.peer);
    both.socket.end();
    expect((await read) === sent).toBe(true);
  });

  it('waits behind what the stream holds back', async () => {
    const { socket, outbox, peer } = await pair();
    const large = Buffer.alloc(16 * 1024 * 1024, 'l');
    outbox.emitBuffer(large);
    outbox.emitBuffer(Buffer.alloc(20_000, 'm'));
    outbox.send('s');
    const read = readAll(peer);
    socket.end();
    expect((await read) === `<${large.toString('latin1')}${'m'.repeat(20_000)}s`).toBe(true);
  });

  it('waits on many sockets at a time', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => pair()));
    const sent = all.map((both) => fill(both));
    for (const both of all) both.socket.end();
    const read = await Promise.all(all.map(({ peer }) => readAll(peer)));
    expect(read.map((text, index) => text === sent[index])).toEqual(all.map(() => true));
    expect(all.map(({ outbox }) => outbox.unsent)).toEqual(all.map(() => 0));
  });

  // The kernel refuses a write and has room again before it's asked a second time: the write is on its way then, though
  // nothing waits. Its request must not be used for another, or Node aborts. It comes about a few times a second.
  it('stays usable while somebody reads at the same time', async () => {
    const server = createServer();
    open.push({ destroy: () => server.close() });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const accepted = once(server, 'connection');
    const reader = new Worker(SLOW_READER, { eval: true, workerData: (server.address() as AddressInfo).port });
    open.push({ destroy: () => void reader.terminate() });
    const [socket] = (await accepted) as [Socket];
    const errors: Error[] = [];
    const outbox = new Outbox(
      socket,
      () => {},
      (error) => errors.push(error),
    );
    outbox.send('<');
    const piece = Buffer.alloc(8000, 'p');
    let written = 1;
    let waits = 0;
    for (const end = Date.now() + 3000; Date.now() < end;) {
      for (; outbox.unsent === 0; written += piece.length) outbox.emitBuffer(piece);
      waits++;
      while (outbox.unsent > 0) await new Promise(setImmediate);
    }
    socket.end();
    const [read] = (await once(reader, 'message')) as [number];
    expect(read).toBe(written);
    expect(waits).toBeGreaterThan(2);
    expect(errors).toEqual([]);
  });

  it('fails with the system’s reason, once', async () => {
    const { socket, outbox, peer, errors } = await pair();
    peer.resetAndDestroy();
    // At once, before the event loop could read of it.
    for (let i = 0; i < 3; i++) outbox.send('x');
    expect(socket.destroyed).toBe(false);
    expect(errors).toEqual([expect.objectContaining({ code: 'ECONNRESET', syscall: 'write' })]);
  });

  it('ends in silence when the socket is destroyed', async () => {
    const both = await pair();
    fill(both);
    both.socket.destroy();
    await once(both.socket, 'close');
    both.outbox.send('nobody');
    expect(both.errors).toEqual([]);
  });

  it('is not written behind the end', async () => {
    const { socket, outbox, peer, errors } = await pair();
    socket.end();
    outbox.send('late');
    outbox.emitBuffer(Buffer.alloc(5000));
    expect(await readAll(peer)).toBe('<');
    expect(errors).toEqual([]);
  });
});

it('a socket of another kind is written to as a stream', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'outbox-'));
  const { socket, outbox, peer } = await pair(join(folder, 's'));
  const streamed = vi.spyOn(socket, 'write');
  outbox.send('text');
  outbox.emitBuffer(Buffer.alloc(3000, 'b'));
  expect(streamed).toHaveBeenCalledTimes(2);
  socket.end();
  expect(await readAll(peer)).toBe(`<text${'b'.repeat(3000)}`);
  rmSync(folder, { recursive: true });
});
