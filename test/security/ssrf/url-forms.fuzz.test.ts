import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressKind } from '../../../src/guard/address.ts';
import { watchConnects, type ConnectWatch } from '../../fixtures/connect-watch.ts';
import { startDnsServer, type DnsServer } from '../../fixtures/dns-server.ts';
import { countOf, Random, seedOf } from '../../fixtures/random.ts';
import { sendRaw } from '../../fixtures/raw-request.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';
import { readByPython, readByStandard, type Reading } from './reference-parsers.ts';
import { serverNameOf } from './server-name.ts';
import { FARM, randomUrl } from './url-grammar.ts';

const seed = seedOf();
const random = new Random(seed);

/** One connection to a server of the farm. */
interface Visit {
  readonly address: string;
  readonly line: string;
  readonly host: string;
  /** Of a TLS handshake; then there's no line. */
  readonly serverName: string | undefined;
}

let servers: Server[] = [];
let port = 0;
let dns: DnsServer;
let gateway: TestGateway;
let watch: ConnectWatch;
let visits: Visit[] = [];

beforeAll(async () => {
  [servers, port] = await startFarm((visit) => visits.push(visit));
  dns = await startDnsServer({ '*': (_, __, name) => ({ a: [placeOf(name)] }) });
  gateway = await startGateway({
    routes: [
      {
        path: '/proxy/*',
        guard: {
          dangerouslyAllowAnyTarget: true,
          allowPrivate: ['127.77.0.0/16'],
          resolver: [dns.address],
        },
      },
    ],
  });
  watch = watchConnects((address, at) => address === '127.0.0.1' && at === gateway.port);
});
afterAll(async () => {
  watch.stop();
  await gateway.close();
  await Promise.all([dns.close(), ...servers.map((server) => new Promise((resolve) => server.close(resolve)))]);
});

/** Servers on one port of all addresses of the farm. They answer, and close. */
async function startFarm(onVisit: (visit: Visit) => void): Promise<[Server[], number]> {
  const started: Server[] = [];
  let shared = 0;
  for (const address of FARM) {
    const server = createServer((socket) => receive(socket, address, onVisit));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(shared, address, resolve);
    });
    shared = (server.address() as { port: number }).port;
    started.push(server);
  }
  return [started, shared];
}

function receive(socket: Socket, address: string, onVisit: (visit: Visit) => void): void {
  let received = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    if (received[0] === 0x16) {
      const serverName = serverNameOf(received);
      if (serverName === undefined) return;
      onVisit({ address, line: '', host: '', serverName });
      socket.destroy();
      return;
    }
    const text = received.toString('latin1');
    if (!text.includes('\r\n\r\n')) return;
    const [line = ''] = text.split('\r\n');
    const host = /^host: (.*?)\r$/im.exec(text)?.[1] ?? '';
    onVisit({ address, line, host, serverName: undefined });
    socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok');
  });
}

/** How a URL is written into a request, and the URL that the request then names. */
const FORMS: Readonly<Record<string, (url: string) => Pick<Attempt, 'target' | 'text'>>> = {
  path: (url) => {
    const text = escapeFor(url);
    // That's the next form, with a query that isn't encoded.
    if (/^https?(?:%3a|:%2f|:\/%2f)/i.test(text)) return FORMS['encoded']?.(url) as Attempt;
    return { target: `/proxy/${text}`, text };
  },
  encoded: (url) => ({ target: `/proxy/${encodeURIComponent(url)}`, text: url }),
  parameter: (url) => ({ target: `/proxy?url=${encodeURIComponent(url)}`, text: url }),
  'plain parameter': (url) => {
    const text = escapeFor(url);
    const target = `/proxy?url=${text}`;
    if (/^https?:\/\//i.test(text)) return { target, text };
    try {
      return { target, text: decodeURIComponent(text.replaceAll('+', ' ')) };
    } catch {
      return { target, text };
    }
  },
};

/** What can't stand in a request line is escaped, the rest left: `#` ends what is sent. */
function escapeFor(url: string): string {
  const [sent = ''] = url.split('#');
  // oxlint-disable-next-line no-control-regex
  return sent.replaceAll(/[\0-\x20\x7f-\u{10ffff}]/gu, (char) => encodeURIComponent(char));
}

interface Attempt {
  readonly form: string;
  readonly target: string;
  /** The URL that the request names. */
  readonly text: string;
}

/** The URL as the guard's own conventions complete it: https for a host alone, slashes that were merged. */
function complete(text: string): string {
  const merged = /^(https?):\/(?=[^/])/i.exec(text);
  if (merged !== null) return `${merged[1]}://${text.slice(merged[0].length)}`;
  return /^https?:\/\//i.test(text) ? text : `https://${text.replace(/^\/\/?/, '')}`;
}

/** Where somebody who reads the URL like this would connect to. */
function addressOf({ host }: Reading): string {
  return /^[\d.]+$/.test(host) ? host : placeOf(host);
}

/** Where a name of this play is: somewhere in the farm, always at the same place. */
function placeOf(name: string): string {
  let sum = 0;
  for (const char of name) sum = (sum * 31 + char.charCodeAt(0)) >>> 0;
  return FARM[sum % FARM.length] as string;
}

/** What the outside sees of a request: where it went, and what it asked there. */
interface Outcome extends Attempt {
  readonly connection: string;
  readonly visit: Visit | undefined;
  readonly asked: string | undefined;
}

async function play(attempt: Attempt): Promise<Outcome | undefined> {
  visits = [];
  const [tried, asked] = [watch.attempts.length, dns.asked.length];
  const answer = await sendRaw(gateway.port, `GET ${attempt.target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  const connections = watch.attempts.slice(tried);
  if (connections.length === 0) {
    expect(answer.toString('latin1', 0, 12)).toMatch(/^HTTP\/1\.1 (?:4|5)\d\d$/);
    return undefined;
  }
  // Nothing is asked twice, so nothing is connected to twice.
  expect(connections).toHaveLength(1);
  return { ...attempt, connection: connections[0] as string, visit: visits[0], asked: dns.asked[asked]?.name };
}

describe('whatever URL the guard accepts, in any form', () => {
  const outcomes: Outcome[] = [];
  const count = countOf(1000);

  it('leads to where it was vetted, and nowhere else', async () => {
    for (let i = 0; i < count; i++) {
      const url = randomUrl(random, port);
      const form = random.pick(Object.keys(FORMS));
      const outcome = await play({ form, ...(FORMS[form] as (typeof FORMS)[string])(url) });
      if (outcome !== undefined) outcomes.push(outcome);
    }
    // Mutations make public addresses of the farm's, which may be asked; the watch holds those back.
    const elsewhere = watch.attempts.map((attempt) => attempt.split(' ')[0] as string);
    expect(elsewhere.filter((ip) => !ip.startsWith('127.77.') && addressKind(ip) !== 'public')).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(count / 10);
    expect(new Set(outcomes.map(({ form }) => form)).size).toBe(4);
    expect(outcomes.some(({ visit }) => visit?.serverName !== undefined)).toBe(true);
  }, 300_000);

  it('is where other parsers of the same text would go, and asks for the same', () => {
    const python = readByPython(outcomes.map(({ text }) => complete(text)));
    const wrong = outcomes.flatMap((outcome, at) => {
      const readings = [readByStandard(complete(outcome.text)), python[at]];
      // What the reference refuses for its letters of both directions it asks nobody for.
      const isBidi = /[\u0590-\u08ff]|%d[6-9a-f]%|%e0%a[0-3]%/i.test(outcome.text);
      return readings.every((reading) => (reading === undefined ? isBidi : agrees(outcome, reading)))
        ? []
        : [{ ...outcome, readings }];
    });
    expect(wrong, `FUZZ_SEED=${seed}`).toEqual([]);
  });
});

function agrees({ connection, visit, asked }: Outcome, reading: Reading): boolean {
  const { scheme, host, port: to, path } = reading;
  if (connection !== `${addressOf(reading)} ${to}`) return false;
  if (asked !== undefined && asked !== host) return false;
  // Nobody is there.
  if (visit === undefined) return to !== port || !FARM.includes(addressOf(reading));
  if (visit.address !== addressOf(reading)) return false;
  if (scheme === 'https') return visit.serverName === (/^[\d.]+$/.test(host) ? '' : host);
  const authority = to === 80 ? host : `${host}:${to}`;
  // A caret in a path is escaped by parsers since 2024, and was left by those before.
  return (
    visit.host === authority && visit.line.replaceAll('^', '%5E') === `GET ${path.replaceAll('^', '%5E')} HTTP/1.1`
  );
}
