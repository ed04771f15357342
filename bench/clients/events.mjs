// Many readers of one event stream. Usage: node events.mjs '{"port":…,"path":…,"headers":…,"clients":…}'
// Says `{"ready":…}` when every reader has had an event; counts for as long as the line `go SECONDS` says.
import { eventOf, sentAt } from '../backends/messages.mjs';
import { openAll, serveOrders } from './many.mjs';

const options = JSON.parse(process.argv[2]);
const EVENT_LENGTH = eventOf(0n).length;
const MARK = Buffer.from('"sent":');
/** Every so many readers one tells how long its events took. */
const TIMED = 20;

let counting = false;
let events = 0;
let latencies = [];
let broken = 0;

const head =
  `GET ${options.path} HTTP/1.1\r\nHost: 127.0.0.1:${options.port}\r\n` +
  `${Object.entries(options.headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

await openAll(options.clients, options.port, (socket, number, ready, failed) => {
  let seen = 0;
  socket.write(head);
  socket.on('data', (bytes) => {
    if (seen === 0 && !bytes.latin1Slice(0, 12).startsWith('HTTP/1.1 200')) failed(bytes.latin1Slice(0, 200));
    let found = 0;
    for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + EVENT_LENGTH - 60)) found++;
    if (found > 0) ready();
    seen++;
    if (!counting) return;
    events += found;
    if (found > 0 && number % TIMED === 0) {
      const at = bytes.indexOf(MARK);
      // One that is cut off tells nothing.
      if (bytes.length < at + MARK.length + 20) return;
      const sent = sentAt(bytes.latin1Slice(at, at + MARK.length + 20));
      latencies.push(Number(process.hrtime.bigint() - sent) / 1e6);
    }
  });
  socket.on('close', () => {
    if (counting) broken++;
  });
});

serveOrders({
  begin() {
    [counting, events, latencies, broken] = [true, 0, [], 0];
  },
  end() {
    counting = false;
    return { messages: events, latencies, errors: broken };
  },
});
