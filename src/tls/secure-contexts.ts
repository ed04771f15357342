import { createHash, hkdfSync } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { KeyPair } from './key-pair.ts';
import { secureOptions, type TlsVersion } from './secure-options.ts';
import { TICKET_LIFE } from './ticket-secrets.ts';

/** Bytes that Node wants for its tickets. */
const TICKET_KEYS = 48;

/** What all of a listener's TLS connections have in common. */
export interface ContextOptions {
  readonly minVersion: TlsVersion;
  /** Tells the listener from others. */
  readonly listener: string;
  /** Authorities of clients' certificates, in PEM; undefined: no client is asked for one. */
  readonly clientCa: () => readonly string[] | undefined;
}

/** What Node's TLS is told of key pairs and sessions. */
export class SecureContexts {
  private readonly options: ContextOptions;
  private made = new WeakMap<KeyPair, SecureContext>();
  private secret: Uint8Array = new Uint8Array();

  constructor(options: ContextOptions) {
    this.options = options;
  }

  setTicketSecret(secret: Uint8Array): void {
    this.secret = secret;
  }

  /** The authorities are others: what was made knows only the old ones. */
  forget(): void {
    this.made = new WeakMap();
  }

  /** For clients that asked for a name. */
  of(pair: KeyPair): SecureContext {
    let context = this.made.get(pair);
    if (context === undefined) this.made.set(pair, (context = createSecureContext(this.optionsOf(pair))));
    return context;
  }

  /** For clients that name no server, and for the sessions of all. */
  defaults(fallback: KeyPair | undefined): SecureContextOptions {
    const context = createHash('sha256').update(this.sessions()).digest('hex');
    return {
      ...this.optionsOf(fallback),
      // OpenSSL takes 32 bytes at most.
      sessionIdContext: context.slice(0, 32),
      sessionTimeout: TICKET_LIFE / 1000,
      ticketKeys: Buffer.from(hkdfSync('sha256', this.secret, '', `oneorigin tickets ${context}`, TICKET_KEYS)),
    };
  }

  private optionsOf(pair: KeyPair | undefined): SecureContextOptions {
    const clientCa = this.options.clientCa();
    return {
      ...secureOptions(this.options.minVersion),
      cert: pair?.cert,
      key: pair?.key,
      // Without any, Node would take the whole world's authorities for good.
      ...(clientCa === undefined ? {} : { ca: [...clientCa] }),
    };
  }

  /**
   * Whose sessions may be resumed by each other: those of one listener, under the same authorities. A session remembers that
   * its client was verified, and isn't verified again.
   */
  private sessions(): string {
    const { listener, clientCa } = this.options;
    return JSON.stringify([listener, clientCa() ?? 'nobody']);
  }
}
