// Many WebSockets, each sending ten messages a second and expecting them back. Usage: see events.mjs.
import { openAll, serveOrders } from './many.mjs';

const options = JSON.parse(process.argv[2]);
const PAYLOAD = 64;
const FRAME = 2 + PAYLOAD;
/** Each of the ten groups of sockets sends once in this time, one group after another. */
const ROUND = 100;
const GROUPS = 10;

let counting = false;
let messages = 0;
let latencies = [];
let errors = 0;

const head =
  `GET ${options.path} HTTP/1.1\r\nHost: 127.0.0.1:${options.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
  `${Object.entries(options.headers)
    .filter(([name]) => name !== 'Connection')
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

/** A text frame, masked with zeros: the mask is there, and the payload as it is. */
const message = Buffer.alloc(6 + PAYLOAD);
message.set([0x81, 0x80 | PAYLOAD, 0, 0, 0, 0]);
message.fill('abcdefghijklmnopqrstuvwxyz012345', 6);
const expected = Buffer.concat([Buffer.from([0x81, PAYLOAD]), message.subarray(6)]);

class Client {
  pending = Buffer.alloc(0);
  open = false;
  sentAt = 0;

  constructor(socket, ready, failed) {
    this.socket = socket;
    socket.write(head);
    socket.on('data', (bytes) => {
      this.pending = this.pending.length === 0 ? bytes : Buffer.concat([this.pending, bytes]);
      if (!this.open) this.takeHead(ready, failed);
      while (this.open && this.pending.length >= FRAME) this.takeEcho();
    });
    socket.on('close', () => {
      if (counting) errors++;
    });
  }

  takeHead(ready, failed) {
    const end = this.pending.indexOf('\r\n\r\n');
    if (end < 0) return;
    const text = this.pending.latin1Slice(0, end);
    if (!text.startsWith('HTTP/1.1 101') || !text.includes('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')) failed(text);
    this.open = true;
    this.pending = this.pending.subarray(end + 4);
    ready();
  }

  takeEcho() {
    const echo = this.pending.subarray(0, FRAME);
    this.pending = this.pending.subarray(FRAME);
    if (!counting) return;
    if (!echo.equals(expected)) errors++;
    messages++;
    latencies.push(performance.now() - this.sentAt);
  }

  send() {
    this.sentAt = performance.now();
    this.socket.write(message);
  }
}

const clients = [];
await openAll(options.clients, options.port, (socket, _number, ready, failed) => {
  clients.push(new Client(socket, ready, failed));
});

let group = 0;
setInterval(() => {
  for (let i = group; i < clients.length; i += GROUPS) clients[i].send();
  group = (group + 1) % GROUPS;
}, ROUND / GROUPS);

serveOrders({
  begin() {
    [counting, messages, latencies, errors] = [true, 0, [], 0];
  },
  end() {
    counting = false;
    return { messages, latencies, errors };
  },
});
