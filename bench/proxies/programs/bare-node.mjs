// oxlint-disable no-underscore-dangle -- Node's own name
// What Node itself costs where a request is read and an answer written: a server that parses nothing. It looks for one
// origin's bytes and says one of two things. Read and written as oneorigin does it, past Node's streams, and nothing else.
import { Socket, createServer } from 'node:net';
import { PREFLIGHT_HEADERS } from '../policy.mjs';

const { port, policy } = JSON.parse(process.argv[2]);
const origin = policy.origins[0];
const lines = (headers) => Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
const granted = `HTTP/1.1 204 No Content\r\n${lines({ 'Access-Control-Allow-Origin': origin, ...PREFLIGHT_HEADERS }).join('')}\r\n`;
const refused = 'HTTP/1.1 204 No Content\r\nVary: Origin\r\n\r\n';

const buffer = Buffer.allocUnsafeSlow(64 * 1024);
let WriteRequest;
let request;

function answer(socket, text) {
  const handle = socket._handle;
  if (WriteRequest === undefined) {
    // The stream's first write shows what a socket's handle is written to with.
    const { writeLatin1String } = handle;
    handle.writeLatin1String = function learn(given, latin1) {
      WriteRequest = given.constructor;
      delete handle.writeLatin1String;
      return writeLatin1String.call(handle, given, latin1);
    };
    socket.write(text, 'latin1');
    return;
  }
  request ??= new WriteRequest();
  if (handle.writeLatin1String(request, text) !== 0) socket.destroy();
  else if (handle.writeQueueSize > 0) request = undefined;
}

const server = createServer(() => {});
server.listen(port, '127.0.0.1', () => {
  server._handle.onconnection = (status, handle) => {
    if (status !== 0) return;
    handle.setNoDelay(true);
    const callback = (bytes) => {
      answer(socket, buffer.subarray(0, bytes).includes(origin, 0, 'latin1') ? granted : refused);
      return true;
    };
    const socket = new Socket({ handle, onread: { buffer, callback } });
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
  };
});
