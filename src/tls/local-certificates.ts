import type { CertificateSource, SourceHooks } from './certificate-source.ts';
import type { KeyPair } from './key-pair.ts';
import { LocalAuthority, type LocalCertificate } from './local-authority.ts';
import { lookNowAndThen } from './watched-files.ts';

/** As many names are remembered: anybody who can connect can think some up. */
const MOST_NAMES = 256;
/** Milliseconds between two looks whether the usual certificate is to be renewed. */
const INTERVAL = 3_600_000;

/** `localhost` is in the usual certificate already. RFC 6761 §6.3: what is below it is this machine too. */
const BELOW_LOCALHOST = /^(?=.{1,253}$)(?:[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?\.)+localhost$/;

/** Certificates that this user's own authority makes when they're asked for. */
export class LocalCertificates implements CertificateSource {
  private readonly folder: string;
  private readonly made = new Map<string, Promise<LocalCertificate>>();
  private authority: LocalAuthority | undefined = undefined;
  private usual: LocalCertificate | undefined = undefined;
  private end: () => void = () => {};

  /** @param folder where the authority is kept */
  constructor(folder: string) {
    this.folder = folder;
  }

  get fallback(): KeyPair | undefined {
    return this.usual;
  }

  /** @throws LocalAuthorityError if the authority can't be read or made */
  async start(hooks: SourceHooks): Promise<void> {
    const authority = await LocalAuthority.open(this.folder);
    this.authority = authority;
    this.usual = await authority.usual();
    hooks.changed();
    this.end = lookNowAndThen(() => void this.renew(authority, hooks), INTERVAL);
  }

  find(name: string): Promise<KeyPair> | undefined {
    const host = name.toLowerCase();
    const known = this.authority !== undefined && BELOW_LOCALHOST.test(host);
    return known ? this.pairFor(host, this.authority as LocalAuthority) : undefined;
  }

  stop(): void {
    this.end();
  }

  private async pairFor(host: string, authority: LocalAuthority): Promise<KeyPair> {
    const known = await this.made.get(host);
    if (known !== undefined && known.renewAt > Date.now()) return known;
    const making = authority.issue([host]);
    this.made.delete(host);
    const [oldest] = this.made.keys();
    if (oldest !== undefined && this.made.size >= MOST_NAMES) this.made.delete(oldest);
    this.made.set(host, making);
    try {
      return await making;
    } catch (error) {
      this.made.delete(host);
      throw error;
    }
  }

  private async renew(authority: LocalAuthority, hooks: SourceHooks): Promise<void> {
    if (this.usual !== undefined && this.usual.renewAt > Date.now()) return;
    try {
      this.usual = await authority.usual();
      hooks.changed();
    } catch (error) {
      hooks.report({ level: 'error', message: `certificate for localhost not renewed: ${String(error)}` });
    }
  }
}
