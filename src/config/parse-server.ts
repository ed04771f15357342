import type { ServerModel } from './model.ts';

/** Why a URL can't be a server, and what may have been meant. */
interface ServerProblem {
  readonly reason: string;
  readonly suggestion: string;
}

/** As long as a path can be that a socket is bound to: `sun_path` of Linux, less the NUL at its end. */
const MAX_SOCKET_PATH = 107;

/** `_service._proto.name` (RFC 2782). */
const SERVICE = /^srv:\/\/(_[a-z\d-]+\._tcp\.[a-z\d_-]+(?:\.[a-z\d_-]+)*)\.?(\/.*)?$/i;

const fail = (reason: string, suggestion = ''): ServerProblem => ({ reason, suggestion });

/**
 * A server's URL, or why it isn't one.
 * @param absolute makes the path of a socket absolute
 */
export function parseServer(
  text: string,
  weight: number,
  absolute: (path: string) => string,
): ServerModel | ServerProblem {
  if (/^unix:/i.test(text)) return parseSocket(text, weight, absolute);
  if (/^srv:\/\//i.test(text)) return parseService(text, weight);
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(text))
    return fail('no-scheme', /^[\w.-]+(?::\d+)?(?:\/|$)/.test(text) ? `http://${text}` : '');
  if (/[\s\\]/.test(text)) return fail('not-a-url');
  const url = parseUrl(text);
  if (url === null) return fail('not-a-url');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return fail('scheme', /^wss?:/i.test(text) ? text.replace(/^ws/i, 'http') : '');
  }
  if (url.username !== '' || url.password !== '') return fail('userinfo');
  if (text.includes('?') || text.includes('#')) return fail('query', text.replace(/[?#].*$/s, ''));
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  const port = url.port === '' ? (protocol === 'https' ? 443 : 80) : Number(url.port);
  if (port === 0) return fail('port');
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  return { kind: 'address', protocol, host, port, basePath: url.pathname.replace(/\/+$/, ''), socketPath: '', weight };
}

function parseSocket(text: string, weight: number, absolute: (path: string) => string): ServerModel | ServerProblem {
  // `unix:///run/app.sock` is written so elsewhere.
  const path = text.replace(/^unix:(?:\/\/(?=\/))?/i, '');
  if (path === '' || path.endsWith('/') || path.includes('\0')) return fail('socket', 'unix:/run/app.sock');
  const socketPath = absolute(path);
  if (new TextEncoder().encode(socketPath).length > MAX_SOCKET_PATH) return fail('socket-length', 'unix:/run/app.sock');
  // RFC 9110 §7.2 wants a Host, and a socket has none: what servers behind one are asked for elsewhere too.
  return { kind: 'unix', protocol: 'http', host: 'localhost', port: 80, basePath: '', socketPath, weight };
}

function parseService(text: string, weight: number): ServerModel | ServerProblem {
  if (text.includes('?') || text.includes('#')) return fail('query', text.replace(/[?#].*$/s, ''));
  const [, name, path = ''] = SERVICE.exec(text) ?? [];
  if (name === undefined || /\s|\\/.test(path)) return fail('service', serviceFrom(text));
  const protocol = /^_https\./i.test(name) ? 'https' : 'http';
  const basePath = (parseUrl(`http://h${path}`)?.pathname ?? '').replace(/\/+$/, '');
  return { kind: 'srv', protocol, host: name.toLowerCase(), port: 0, basePath, socketPath: '', weight };
}

/** What was probably meant by a name that isn't one of servers. */
function serviceFrom(text: string): string {
  const [, name = ''] = /^srv:\/\/(?:_[a-z\d-]+\._[a-z]+\.)?([a-z\d._-]+)/i.exec(text) ?? [];
  return `srv://_http._tcp.${name === '' ? 'example.com' : name}`;
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
