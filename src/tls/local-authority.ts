import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import type { KeyPair } from './key-pair.ts';
import { readSecretFile, writeOwnFile, writeOwnFileOnce } from './own-files.ts';
import type { Validity } from './x509.ts';

const DAY = 86_400_000;
/** Days that the authority lives: trusting it is work, so that it's to be done once. */
const AUTHORITY_DAYS = 3650;
/** With less than so many days left, another one takes its place. */
const AUTHORITY_SPARE = 60;
/** Days that a certificate lives; it's renewed when a third of them is left. */
const LEAF_DAYS = 60;

/** The names that everybody asks for. A wildcard below `localhost` would be for nothing: browsers and OpenSSL refuse it. */
const USUAL_NAMES = ['localhost', '127.0.0.1', '::1'];

/** A certificate that is to be replaced at a time, in milliseconds since 1970. */
export interface LocalCertificate extends KeyPair {
  readonly renewAt: number;
}

/** The authority can't be read or made. */
export class LocalAuthorityError extends Error {
  override readonly name = 'LocalAuthorityError';
  readonly folder: string;

  constructor(folder: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.folder = folder;
  }
}

/**
 * This user's own authority: makes certificates for `localhost`, names below it and the loopback addresses. It's made once
 * and kept in the user's data folder; browsers believe it once it's trusted (`oneorigin trust`).
 */
export class LocalAuthority {
  /** The file with its certificate, for whoever is to trust it. */
  readonly certFile: string;
  readonly cert: string;
  private readonly folder: string;
  private readonly keys: KeyPair;

  private constructor(folder: string, keys: KeyPair) {
    this.folder = folder;
    this.keys = keys;
    this.cert = keys.cert;
    this.certFile = join(folder, 'local-authority.pem');
  }

  /**
   * The authority that is kept in a folder; it's made there if there is none, or one that is near its end.
   * @throws LocalAuthorityError if the folder can't be read or written, or what is in it is damaged
   */
  static async open(folder: string): Promise<LocalAuthority> {
    try {
      const file = join(folder, 'local-authority.key');
      const kept = keysIn(readSecretFile(file));
      if (kept !== undefined && daysLeft(kept) > AUTHORITY_SPARE) return new LocalAuthority(folder, kept).publish();
      const { issueLocalAuthority } = await import('./x509.ts');
      const made = await issueLocalAuthority(authorityName(), validFor(AUTHORITY_DAYS));
      if (kept !== undefined) writeOwnFile(file, textOf(made), 0o600);
      // Another process may have made one at the same time: there is to be one only.
      else if (!writeOwnFileOnce(file, textOf(made), 0o600)) return await LocalAuthority.open(folder);
      return new LocalAuthority(folder, made).publish();
    } catch (error) {
      throw error instanceof LocalAuthorityError ? error : new LocalAuthorityError(folder, error);
    }
  }

  /** A certificate for the usual names, the one that was made last as long as it's good: people may have accepted it. */
  async usual(): Promise<LocalCertificate> {
    const file = join(this.folder, 'localhost.key');
    const kept = keysIn(readSecretFile(file));
    if (kept !== undefined && this.hasIssued(kept)) {
      const renewAt = renewalOf(kept);
      if (renewAt > Date.now()) return { ...kept, renewAt };
    }
    const made = await this.issue(USUAL_NAMES);
    writeOwnFile(file, textOf(made), 0o600);
    return made;
  }

  /** A certificate for these names: `localhost`, ones below it, `127.0.0.1` or `::1`. Clients refuse it for any other. */
  async issue(names: readonly string[]): Promise<LocalCertificate> {
    const { issueFor } = await import('./x509.ts');
    const made = await issueFor(names, validFor(LEAF_DAYS), this.keys);
    return { ...made, renewAt: renewalOf(made) };
  }

  private hasIssued({ cert }: KeyPair): boolean {
    return new X509Certificate(cert).verify(new X509Certificate(this.cert).publicKey);
  }

  private publish(): this {
    if (!existsSync(this.certFile) || readFileSync(this.certFile, 'utf8') !== this.cert) {
      writeOwnFile(this.certFile, this.cert, 0o644);
    }
    return this;
  }
}

/** People have several machines, and machines several people. */
function authorityName(): string {
  return `oneorigin local authority (${userInfo().username}@${hostname()})`.slice(0, 64);
}

/** Begins a day ago: clocks differ, those of virtual machines too. */
function validFor(days: number): Validity {
  const now = Date.now();
  return { from: now - DAY, to: now + days * DAY };
}

function daysLeft({ cert }: KeyPair): number {
  return (Date.parse(new X509Certificate(cert).validTo) - Date.now()) / DAY;
}

function renewalOf({ cert }: KeyPair): number {
  const { validFrom, validTo } = new X509Certificate(cert);
  return Date.parse(validTo) - (Date.parse(validTo) - Date.parse(validFrom)) / 3;
}

function textOf({ key, cert }: KeyPair): string {
  return key + cert;
}

function keysIn(text: string | undefined): KeyPair | undefined {
  if (text === undefined) return undefined;
  const begin = text.indexOf('-----BEGIN CERTIFICATE-----');
  if (begin <= 0) throw new Error('the file with the key is damaged');
  return { key: text.slice(0, begin), cert: text.slice(begin) };
}
