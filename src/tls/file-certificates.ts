import { readCertificate } from '../config/certificate-files.ts';
import type { CertificateModel } from '../config/model.ts';
import { proseOf } from '../diagnostics/catalogue/index.ts';
import type { CertificateSource, SourceHooks } from './certificate-source.ts';
import { ServerNames } from './server-names.ts';
import { lookNowAndThen, WatchedFiles } from './watched-files.ts';

/** One certificate in use, and its files. */
interface Entry {
  readonly model: CertificateModel;
  readonly files: WatchedFiles;
}

/** Certificates in files, read again whenever the files are others. */
export class FileCertificates implements CertificateSource {
  private readonly interval: number | undefined;
  private entries: readonly Entry[];
  private names: ServerNames<CertificateModel>;
  private end: () => void = () => {};

  /** @param interval milliseconds between two looks at the files. Default: see `lookNowAndThen` */
  constructor(models: readonly CertificateModel[], interval?: number) {
    this.interval = interval;
    this.entries = models.map((model) => ({ model, files: new WatchedFiles([model.certFile, model.keyFile]) }));
    this.names = namesOf(this.entries);
  }

  get fallback(): CertificateModel | undefined {
    return this.entries[0]?.model;
  }

  start(hooks: SourceHooks): Promise<void> {
    this.end = lookNowAndThen(() => this.look(hooks), this.interval);
    return Promise.resolve();
  }

  find(name: string): CertificateModel | undefined {
    return this.names.find(name);
  }

  stop(): void {
    this.end();
  }

  private look(hooks: SourceHooks): void {
    const entries = this.entries.map((entry) => (entry.files.haveSettled() ? readAgain(entry, hooks) : entry));
    if (entries.every((entry, index) => entry === this.entries[index])) return;
    const { fallback } = this;
    this.entries = entries;
    this.names = namesOf(entries);
    if (this.fallback !== fallback) hooks.changed();
  }
}

function readAgain(entry: Entry, hooks: SourceHooks): Entry {
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
  return { ...entry, model: found.model };
}

function namesOf(entries: readonly Entry[]): ServerNames<CertificateModel> {
  return new ServerNames(entries.map(({ model }) => ({ names: model.names, value: model })));
}
