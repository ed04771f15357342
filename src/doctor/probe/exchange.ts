import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, rootCertificates, type TLSSocket } from 'node:tls';
import { isToken } from '../../protocol/token.ts';
import { describeError } from './failure.ts';
import { MalformedResponse, ResponseParser } from './response-parser.ts';
import { certificateOf, trustFailure } from './tls.ts';
import type { CertificateFacts, Probe, ProbeFailure, ProbeRequest, ProbeTimings } from './types.ts';

/** The limits of one exchange. */
export interface ExchangeOptions {
  /** Milliseconds in all. */
  readonly each: number;
  /** Milliseconds for the body, once its head is there. */
  readonly body: number;
  /** A certificate authority in PEM that is trusted too. */
  readonly ca?: string | undefined;
}

/** A URL's host without the brackets of IPv6. */
export function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** The port that a URL leads to. */
export function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/** One request on a connection of its own. Throws if the request can't be written down as it is. */
export class Exchange {
  private readonly request: ProbeRequest;
  private readonly address: string;
  private readonly options: ExchangeOptions;
  private readonly begin = performance.now();
  private readonly parser: ResponseParser;
  private readonly bytes: string;
  private readonly timings: { -readonly [key in keyof ProbeTimings]?: ProbeTimings[key] } = {};
  private certificate: CertificateFacts | undefined;

  constructor(request: ProbeRequest, address: string, options: ExchangeOptions) {
    this.request = request;
    this.address = address;
    this.options = options;
    this.parser = new ResponseParser(request.method);
    // Here, so that what can't be sent is the caller's error before anything is opened.
    this.bytes = serialize(request);
  }

  run(): Promise<Probe> {
    return new Promise((resolve) => {
      const secure = this.request.url.startsWith('https:');
      const socket = secure
        ? this.connectSecurely()
        : connectTcp({ host: this.address, port: portOf(this.request.url) });
      let handshake = false;
      let bodyTimer: NodeJS.Timeout | undefined;
      const finish = (failure?: ProbeFailure): void => {
        clearTimeout(timer);
        clearTimeout(bodyTimer);
        socket.removeAllListeners();
        socket.on('error', () => {});
        socket.destroy();
        resolve(this.result(failure));
      };
      const timer = setTimeout(
        () => finish({ kind: 'timeout', detail: `${Math.round(this.options.each)} ms` }),
        this.options.each,
      );
      socket.once('connect', () => {
        this.timings.connect = this.elapsed();
        handshake = secure;
        if (!secure) this.write(socket);
      });
      socket.once('secureConnect', () => {
        handshake = false;
        const failure = this.secured(socket as TLSSocket);
        if (failure === undefined) this.write(socket);
        else finish(failure);
      });
      socket.on('data', (bytes: Buffer) => {
        try {
          const whole = this.parser.push(bytes);
          if (this.parser.hasHead && this.timings.head === undefined) {
            this.timings.head = this.elapsed();
            bodyTimer = setTimeout(finish, this.options.body);
          }
          if (whole) finish();
        } catch (error) {
          if (!(error instanceof MalformedResponse)) throw error;
          finish({ kind: error.kind, detail: error.message });
        }
      });
      socket.once('error', (error) => finish(describeError(error, handshake)));
      socket.once('close', () =>
        finish({ kind: handshake ? 'tls-handshake' : 'closed', detail: this.parser.beginning }),
      );
    });
  }

  private elapsed(): number {
    return performance.now() - this.begin;
  }

  private connectSecurely(): TLSSocket {
    const host = bare(new URL(this.request.url).hostname);
    return connectTls({
      host: this.address,
      port: portOf(this.request.url),
      ...(isIP(host) === 0 ? { servername: host } : {}),
      // The certificate is judged after the handshake, so that the report can name what is wrong with it.
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
      ...(this.options.ca === undefined ? {} : { ca: [...rootCertificates, this.options.ca] }),
    });
  }

  private secured(socket: TLSSocket): ProbeFailure | undefined {
    this.timings.tls = this.elapsed();
    this.certificate = certificateOf(socket);
    return trustFailure(socket, this.certificate);
  }

  private write(socket: Socket): void {
    socket.write(this.bytes, 'latin1');
  }

  private result(failure: ProbeFailure | undefined): Probe {
    const response = this.parser.finish();
    return {
      request: this.request,
      address: `${this.address.includes(':') ? `[${this.address}]` : this.address}:${portOf(this.request.url)}`,
      ...(this.certificate === undefined ? {} : { certificate: this.certificate }),
      // A head that is complete counts, even if the body breaks off.
      ...(response === undefined ? { failure: failure ?? { kind: 'closed', detail: '' } } : { response }),
      timings: { ...this.timings, end: this.elapsed() },
    };
  }
}

/** The request's bytes (RFC 9112, 3 and 5). Throws if a line could break out of its place. */
function serialize({ url, method, headers, body }: ProbeRequest): string {
  const { host, pathname, search } = new URL(url);
  const lines: (readonly [string, string])[] = [['Host', host], ...headers, ['Connection', 'close']];
  if (body !== undefined) lines.push(['Content-Length', String(Buffer.byteLength(body, 'utf8'))]);
  if (!isToken(method)) throw new Error('The method is not a token.');
  for (const [name, value] of lines) {
    if (!isToken(name) || /[\0\r\n\u0100-\uffff]/.test(value)) throw new Error(`The header ${name} can't be sent.`);
  }
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `${method} ${pathname}${search} HTTP/1.1\r\n${head}\r\n${Buffer.from(body ?? '', 'utf8').toString('latin1')}`;
}
