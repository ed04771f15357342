import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:net';

export { sleep };

/**
 * Waits until a program answers a request on its port.
 * @param {import('./programs.mjs').Program} program
 * @returns {Promise<void>}
 */
export async function untilAnswered(program, port, path, milliseconds = 60_000) {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    if (await answers(port, path)) return;
    if (program.ended()) throw new Error(`it ended: ${program.output()}`);
    if (performance.now() > deadline) throw new Error(`no answer on port ${port}: ${program.output()}`);
    await sleep(1);
  }
}

/** Whether somebody listens there and answers a request, well or not. */
function answers(port, path) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    socket.setTimeout(5000, () => socket.destroy());
    socket.once('error', () => {});
    socket.once('close', () => resolve(false));
    socket.once('connect', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`));
    socket.once('data', () => {
      resolve(true);
      socket.destroy();
    });
  });
}
