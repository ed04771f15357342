import type { KeyPair } from './key-pair.ts';

/** Something that happens to certificates and that whoever runs the gateway wants to read. Never holds a secret. */
export interface CertificateEvent {
  readonly level: 'info' | 'error';
  /** What happened to which certificate, in words for the log. */
  readonly message: string;
}

/** What a source tells while it's in use. */
export interface SourceHooks {
  /** `fallback` is another one. */
  changed(): void;
  report(event: CertificateEvent): void;
}

/** Where a listener's certificates come from. A pair that is the same object is the same pair. */
export interface CertificateSource {
  /** For clients that name no server, or one that nothing else is for; undefined: there is none (yet). */
  readonly fallback: KeyPair | undefined;
  /**
   * Makes ready what has to be there before the first client comes, and looks after it from then on.
   * @throws Error if that can't be done
   */
  start(hooks: SourceHooks): Promise<void>;
  /** The pair for the name that a client asks for, in any case; undefined: `fallback` has to do. */
  find(name: string): KeyPair | undefined | Promise<KeyPair | undefined>;
  /** Looks after nothing any more. */
  stop(): void;
}
