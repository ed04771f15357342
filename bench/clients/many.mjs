// Opening many connections, a few at a time, and doing what the harness says.
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const AT_A_TIME = 100;

/**
 * Opens connections and waits until all are ready; then says so. Ends the process if one fails.
 * @param {number} count
 * @param {number} port
 * @param {(socket: import('node:net').Socket, number: number, ready: () => void, failed: (why: string) => void) => void} use
 */
export async function openAll(count, port, use) {
  let next = 0;
  const openNext = async () => {
    while (next < count) await open(next++, port, use);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, openNext));
  console.log(JSON.stringify({ ready: count }));
}

function open(number, port, use) {
  return new Promise((resolve) => {
    const fail = (why) => {
      console.error(`connection ${number}: ${why}`);
      process.exit(1);
    };
    let isReady = false;
    const socket = connect({ host: '127.0.0.1', port, noDelay: true }, () => {
      use(
        socket,
        number,
        () => {
          isReady = true;
          resolve();
        },
        fail,
      );
    });
    socket.on('error', (error) => {
      if (!isReady) fail(error.message);
    });
    socket.on('close', () => {
      if (!isReady) fail('closed before it was ready');
    });
  });
}

/** Takes the line `go SECONDS`, counts for so long, and answers with what was counted. */
export function serveOrders({ begin, end }) {
  createInterface({ input: process.stdin }).on('line', (line) => {
    const seconds = Number(line.split(' ')[1]);
    begin();
    const startedAt = performance.now();
    setTimeout(() => {
      const { latencies, ...result } = end();
      const sorted = Float64Array.from(latencies).sort();
      const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
      console.log(
        JSON.stringify({ ...result, seconds: (performance.now() - startedAt) / 1000, p50: at(0.5), p99: at(0.99) }),
      );
    }, seconds * 1000);
  });
}
