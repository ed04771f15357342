// oxlint-disable no-underscore-dangle -- Node's own name
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { acceptReaders } from './accept.ts';
import { sharedBuffer } from './read-buffers.ts';

const open: { destroy(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.destroy();
});

/** A listening server that sends everything back, however it's read, and says how. */
async function echoServer(
  seen: (server: Server) => Server = (server) => server,
): Promise<{ port: number; ways: Set<string> }> {
  const ways = new Set<string>();
  const server = createServer((socket) => {
    open.push(socket);
    socket.on('data', (chunk: Buffer) => {
      ways.add('stream');
      socket.write(chunk);
    });
  });
  open.push({ destroy: () => server.close() });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  acceptReaders(seen(server), (socket) => {
    open.push(socket);
    return {
      nextBuffer: () => sharedBuffer,
      received(buffer, bytes) {
        ways.add(buffer === sharedBuffer ? 'shared buffer' : 'another buffer');
        socket.write(Buffer.from(buffer.subarray(0, bytes)));
        return true;
      },
    };
  });
  return { port: (server.address() as AddressInfo).port, ways };
}

async function ask(port: number, text: string): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1');
  open.push(socket);
  socket.write(text);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

describe('accepted sockets', () => {
  it('are read into the shared buffer', async () => {
    const { port, ways } = await echoServer();
    expect(await Promise.all([ask(port, 'one'), ask(port, 'two')])).toEqual(['one', 'two']);
    expect([...ways]).toEqual(['shared buffer']);
  });

  it("are streams as ever where the server's inside is another", async () => {
    const { port, ways } = await echoServer((server) => Object.create(server, { _handle: { value: {} } }) as Server);
    expect(await ask(port, 'one')).toBe('one');
    expect([...ways]).toEqual(['stream']);
  });

  it("leave a failed accept to Node's own report", async () => {
    let listening: { onconnection(status: number, connection?: object): void } | undefined;
    let server: Server | undefined;
    await echoServer((made) => {
      server = made;
      listening = (made as unknown as { readonly _handle: typeof listening })._handle;
      return made;
    });
    const failed = once(server as Server, 'error');
    listening?.onconnection(-24);
    expect(((await failed)[0] as NodeJS.ErrnoException).code).toBe('EMFILE');
  });
});
