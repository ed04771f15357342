// Connections that asked once and then stay open. Usage: see events.mjs.
import { openAll } from './many.mjs';

const options = JSON.parse(process.argv[2]);
const head =
  `GET ${options.path} HTTP/1.1\r\nHost: 127.0.0.1:${options.port}\r\n` +
  `${Object.entries(options.headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

let closed = 0;
await openAll(options.clients, options.port, (socket, _number, ready, failed) => {
  socket.write(head);
  socket.once('data', (bytes) => {
    const start = bytes.latin1Slice(0, 12);
    if (start === 'HTTP/1.1 200') ready();
    else failed(start);
  });
  socket.on('close', () => closed++);
});

// Any line asks how many have been closed from the other side.
process.stdin.on('data', () => console.log(JSON.stringify({ closed })));
