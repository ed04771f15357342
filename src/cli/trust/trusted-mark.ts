import { join } from 'node:path';
import { rmSync } from 'node:fs';
import { readSecretFile, writeOwnFile } from '../../tls/index.ts';

/** What `oneorigin trust` has done is remembered beside the authority: asking all stores takes too long for each start. */
const NAME = 'trusted.pem';

/** Whether this very authority was trusted. */
export function isMarkedTrusted(folder: string, cert: string): boolean {
  return readSecretFile(join(folder, NAME)) === cert;
}

/** Remembers that it is, or isn't any more. */
export function markTrusted(folder: string, cert: string | undefined): void {
  if (cert === undefined) rmSync(join(folder, NAME), { force: true });
  else writeOwnFile(join(folder, NAME), cert, 0o600);
}
