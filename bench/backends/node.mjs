// The backend for what nginx can't answer: chunks, event streams, WebSockets, and what arrived of a body. It answers
// prepared bytes on bare sockets, so that it's never what is measured. Usage: node node.mjs PORT
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { CHUNKED_BODY, EVENT_INTERVAL, eventOf } from './messages.mjs';

const sockets = new Set();
const subscribers = new Set();

const CHUNKED_ANSWER = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n' +
    CHUNKED_BODY.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('') +
    '0\r\n\r\n',
);
const EVENTS_HEAD =
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nTransfer-Encoding: chunked\r\n\r\n';

function json(value) {
  const body = JSON.stringify(value);
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

class Connection {
  pending = '';
  served = 0;
  /** What takes the bytes: requests' heads, a request's body, or WebSocket frames. */
  take = this.takeHead;

  constructor(socket) {
    this.socket = socket;
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      this.pending += bytes.latin1Slice();
      while (this.pending !== '' && this.take());
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      subscribers.delete(socket);
    });
  }

  takeHead() {
    const end = this.pending.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const head = this.pending.slice(0, end);
    this.pending = this.pending.slice(end + 4);
    this.served++;
    this.answer(head);
    return true;
  }

  answer(head) {
    const path = head.slice(head.indexOf(' ') + 1, head.indexOf(' HTTP/')).split('?', 1)[0];
    if (path.endsWith('/chunked')) this.socket.write(CHUNKED_ANSWER);
    else if (path.endsWith('/events')) {
      this.socket.write(EVENTS_HEAD);
      subscribers.add(this.socket);
    } else if (path.endsWith('/socket')) {
      this.socket.write(upgradeAnswer(field(head, 'sec-websocket-key')));
      this.take = this.takeFrame;
    } else if (path.endsWith('/received')) {
      this.head = head;
      this.take = this.takeBody;
      this.takeBody();
    } else this.socket.write(json({ forwardedFor: field(head, 'x-forwarded-for'), served: this.served }));
  }

  /** A body of a known length, or of one chunk after another. */
  takeBody() {
    const length = Number(field(this.head, 'content-length'));
    const chunked = field(this.head, 'transfer-encoding') !== '';
    if (chunked ? !this.pending.endsWith('0\r\n\r\n') : this.pending.length < length) return false;
    const body = chunked ? dechunk(this.pending) : this.pending.slice(0, length);
    this.pending = chunked ? '' : this.pending.slice(length);
    this.take = this.takeHead;
    const hash = createHash('sha256').update(body, 'latin1').digest('hex');
    this.socket.write(json({ forwardedFor: field(this.head, 'x-forwarded-for'), length: body.length, hash }));
    return true;
  }

  /** A text frame below 126 bytes comes back unmasked; nothing else is sent here. */
  takeFrame() {
    if (this.pending.length < 6) return false;
    const frame = Buffer.from(this.pending, 'latin1');
    const length = frame[1] & 127;
    if (frame.length < 6 + length) return false;
    const answer = Buffer.allocUnsafe(2 + length);
    answer[0] = frame[0];
    answer[1] = length;
    for (let i = 0; i < length; i++) answer[2 + i] = frame[6 + i] ^ frame[2 + (i & 3)];
    this.socket.write(answer);
    this.pending = this.pending.slice(6 + length);
    return true;
  }
}

function field(head, name) {
  return new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*\\r?$`, 'im').exec(head)?.[1] ?? '';
}

function dechunk(text) {
  let body = '';
  for (let at = 0; ;) {
    const end = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, end), 16);
    if (!(size > 0)) return body;
    body += text.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
}

// RFC 6455 §4.2.2
function upgradeAnswer(key) {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

setInterval(() => {
  if (subscribers.size === 0) return;
  const event = eventOf(process.hrtime.bigint());
  const chunk = Buffer.from(`${event.length.toString(16)}\r\n${event}\r\n`);
  for (const socket of subscribers) socket.write(chunk);
}, EVENT_INTERVAL);

createServer((socket) => new Connection(socket)).listen({
  port: Number(process.argv[2]),
  host: '127.0.0.1',
  backlog: 4096,
});
