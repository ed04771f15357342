import { readFileSync } from 'node:fs';
import { certificatesIn } from '../config/certificates.ts';
import { causeOf } from '../config/node-machine.ts';
import type { ClientAuthModel } from '../config/model.ts';
import type { SourceHooks } from './certificate-source.ts';
import { lookNowAndThen, WatchedFiles } from './watched-files.ts';

/** The authorities that may issue clients' certificates, read again whenever their file is another. */
export class ClientAuthorities {
  /** Certificates in PEM. */
  current: readonly string[];
  private readonly file: string;
  private readonly watched: WatchedFiles;
  private end: () => void = () => {};

  constructor({ ca, caFile }: ClientAuthModel) {
    this.current = ca;
    this.file = caFile;
    this.watched = new WatchedFiles([caFile]);
  }

  start(hooks: SourceHooks): void {
    this.end = lookNowAndThen(() => {
      if (this.watched.haveSettled()) this.readAgain(hooks);
    });
  }

  stop(): void {
    this.end();
  }

  private readAgain({ changed, report }: SourceHooks): void {
    const found = read(this.file);
    if (typeof found === 'string') {
      const message = `clients' authorities ${this.file} not read again, the old ones stay in force: ${found}`;
      return report({ level: 'error', message });
    }
    this.current = found;
    changed();
    report({ level: 'info', message: `clients' authorities ${this.file} read again` });
  }
}

/** The certificates in a file, or why they can't be had. */
function read(file: string): readonly string[] | string {
  try {
    const found = certificatesIn(readFileSync(file, 'utf8'));
    return found.length > 0 ? found : 'it holds no certificate';
  } catch (error) {
    return causeOf(error);
  }
}
