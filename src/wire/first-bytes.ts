import type { Socket } from 'node:net';

/** What is to become of a connection's first bytes: more of them are needed, or nobody needs to read on. */
export type Look = 'more' | 'stop';

/**
 * Looks at what a client sends first, before anybody else reads it.
 *
 * @param look is asked with all that has come so far, again with each piece that follows, until it returns how many bytes
 *   it has had of them, or that it's to stop
 * @param done the bytes that weren't had are in front of the others again, and whoever reads next gets them
 */
export function readFirst(socket: Socket, look: (bytes: Buffer) => number | Look, done: () => void): void {
  let seen: Buffer | undefined = undefined;
  const read = (): void => {
    for (;;) {
      const chunk = socket.read() as Buffer | null;
      if (chunk === null) return;
      seen = seen === undefined ? chunk : Buffer.concat([seen, chunk]);
      const found = look(seen);
      if (found === 'more') continue;
      socket.off('readable', read);
      socket.off('end', leave);
      if (found === 'stop') return;
      if (found < seen.length) socket.unshift(seen.subarray(found));
      return done();
    }
  };
  // Half-open: who sends nothing and closes gets no answer.
  const leave = (): void => void socket.destroy();
  socket.on('readable', read);
  socket.on('end', leave);
}
