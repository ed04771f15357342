import { statSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import { readCertificate } from '../config/certificate-files.ts';
import type { CertificateModel } from '../config/model.ts';
import { proseOf } from '../diagnostics/catalogue/index.ts';
import type { CertificateSource, SourceHooks } from './certificate-source.ts';
import { secureOptions, type TlsVersion } from './secure-options.ts';
import { ServerNames } from './server-names.ts';

/** Milliseconds between two looks at the files. */
const INTERVAL = 5000;

/** One certificate in use, and what its files looked like when they were read. */
interface Entry {
  readonly model: CertificateModel;
  readonly context: SecureContext;
  /** What the files looked like the last time that they were read. */
  readonly read: string;
  /** What they looked like at the last look. */
  readonly seen: string;
}

/** Certificates in files, read again whenever the files are others. */
export class FileCertificates implements CertificateSource {
  private readonly minVersion: TlsVersion;
  private readonly interval: number;
  private entries: readonly Entry[];
  private names: ServerNames<SecureContext>;
  private timer: NodeJS.Timeout | undefined = undefined;

  /**
   * @param interval milliseconds between two looks at the files
   * @throws OpenSSL's error if a certificate can't be used; the config has been checked for that
   */
  constructor(models: readonly CertificateModel[], minVersion: TlsVersion, interval = INTERVAL) {
    this.minVersion = minVersion;
    this.interval = interval;
    this.entries = models.map((model) => {
      const look = lookOf(model);
      return { model, context: this.contextOf(model), read: look, seen: look };
    });
    this.names = namesOf(this.entries);
  }

  get fallback(): CertificateModel | undefined {
    return this.entries[0]?.model;
  }

  start(hooks: SourceHooks): Promise<void> {
    // Not by the system's notifications: those are lost for files that are replaced, for links and on network drives.
    this.timer = setInterval(() => this.look(hooks), this.interval);
    this.timer.unref();
    return Promise.resolve();
  }

  find(name: string): SecureContext | undefined {
    return this.names.find(name);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(hooks: SourceHooks): void {
    const entries = this.entries.map((entry) => this.lookAt(entry, hooks));
    if (entries.every((entry, index) => entry === this.entries[index])) return;
    const { fallback } = this;
    this.entries = entries;
    this.names = namesOf(entries);
    if (this.fallback !== fallback) hooks.changed();
  }

  /** What stays as it was between two looks is read: two files are rarely replaced in the same moment. */
  private lookAt(entry: Entry, hooks: SourceHooks): Entry {
    const { model, read, seen } = entry;
    const now = lookOf(model);
    if (now === read) return seen === now ? entry : { ...entry, seen: now };
    if (now !== seen) return { ...entry, seen: now };
    return this.readAgain({ ...entry, read: now }, hooks);
  }

  private readAgain(entry: Entry, hooks: SourceHooks): Entry {
    const { certFile, keyFile } = entry.model;
    const found = readCertificate(certFile, keyFile);
    if ('code' in found) {
      const { message, mend } = proseOf({ code: found.code, severity: 'error', data: found.data });
      const why = `${message} ${mend}`;
      hooks.report({
        level: 'error',
        message: `certificate ${certFile} not read again, the old one stays in use: ${why}`,
      });
      return entry;
    }
    const until = new Date(found.validTo).toISOString();
    hooks.report({ level: 'info', message: `certificate ${certFile} read again, valid until ${until}` });
    return { ...entry, model: found.model, context: this.contextOf(found.model) };
  }

  private contextOf({ cert, key }: CertificateModel): SecureContext {
    return createSecureContext({ ...secureOptions(this.minVersion), cert, key });
  }
}

function namesOf(entries: readonly Entry[]): ServerNames<SecureContext> {
  return new ServerNames(entries.map(({ model, context }) => ({ names: model.names, value: context })));
}

/** Changes whenever a file does: what a link points to counts. */
function lookOf({ certFile, keyFile }: CertificateModel): string {
  return [certFile, keyFile].map(lookAtFile).join(' ');
}

function lookAtFile(file: string): string {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(file);
    return `${ino}:${size}:${mtimeMs}:${ctimeMs}`;
  } catch {
    return 'none';
  }
}
