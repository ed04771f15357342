import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { findProgram } from '../../fixtures/programs.ts';

/** What a program makes of a URL: whom it would ask, and for what. */
export interface Reading {
  readonly scheme: string;
  /** Without brackets and without one trailing dot. */
  readonly host: string;
  readonly port: number;
  /** Path and query as they'd be sent. */
  readonly path: string;
}

/** jsdom's parser of the URL Standard, in JavaScript and independent of the one in Node. */
const { URL: ReferenceUrl } = createRequire(import.meta.url)('whatwg-url') as { readonly URL: typeof URL };

/** How the URL Standard reads a text; undefined: it's no URL, or not one of http and https. */
export function readByStandard(text: string): Reading | undefined {
  const url = parseByStandard(text);
  if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
  const scheme = url.protocol.slice(0, -1);
  return { scheme, host: bare(url.hostname), port: portOf(url.port, scheme), path: url.pathname + url.search };
}

/**
 * How Python's standard library reads texts, which splits by RFC 3986: authority, then user, host and port. Undefined: not
 * at all. What it leaves as it's written (letters beyond ASCII, escapes) is brought into the form that is sent.
 */
export function readByPython(texts: readonly string[]): (Reading | undefined)[] {
  const input = JSON.stringify(texts);
  const output = execFileSync(findProgram('python3'), ['-c', SCRIPT], { input, encoding: 'utf8', maxBuffer: 1e9 });
  return (JSON.parse(output) as (Reading | null)[]).map((raw) => {
    if (raw === null) return undefined;
    // Names beyond ASCII are mapped by the reference: Python's IDNA is that of 2003.
    const url = parseByStandard(`http://${raw.host.includes(':') ? `[${raw.host}]` : raw.host}/`);
    if (url === undefined) return undefined;
    const { scheme, port, path } = raw;
    return { scheme, host: bare(url.hostname), port, path };
  });
}

function parseByStandard(text: string): URL | undefined {
  try {
    return new ReferenceUrl(text);
  } catch {
    return undefined;
  }
}

function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

function portOf(port: string, scheme: string): number {
  return port === '' ? (scheme === 'https' ? 443 : 80) : Number(port);
}

const SCRIPT = String.raw`
import json, re, socket, sys
from urllib.parse import quote, urlsplit

def read(text):
    try:
        url = urlsplit(text)
        host, port = url.hostname, url.port
    except ValueError:
        return None
    if url.scheme not in ('http', 'https') or not host:
        return None
    if re.fullmatch(r'[0-9a-fx.]+', host) and re.search(r'(^|\.)(\d+|0x[0-9a-f]*)\.?$', host):
        # As C reads numbers: octal, hexadecimal, fewer than four.
        try:
            host = socket.inet_ntoa(socket.inet_aton(host.removesuffix('.')))
        except OSError:
            return None
    # RFC 3986, 5.2.4: dot segments are removed.
    path = quote(dots(url.path or '/'), safe="!$%&'()*+,-./:;=@[]_~|\\")
    query = quote(url.query, safe="!$%&()*+,-./:;=?@[]_~|\\^{}\x60")
    mark = '?' if url.query else ''
    return {'scheme': url.scheme, 'host': host, 'port': port or (443 if url.scheme == 'https' else 80), 'path': path + mark + query}

def dots(path):
    out = []
    segments = path.split('/')[1:]
    for index, segment in enumerate(segments):
        plain = re.sub('%2e', '.', segment, flags=re.I)
        if plain == '..':
            if out: out.pop()
        elif plain != '.':
            out.append(segment)
            continue
        if index == len(segments) - 1:
            out.append('')
    return '/' + '/'.join(out)

print(json.dumps([read(text) for text in json.load(sys.stdin)]))
`;
