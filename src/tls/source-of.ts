import type { ListenerTls } from '../config/model.ts';
import type { CertificateSource } from './certificate-source.ts';
import { dataFolder } from './data-folder.ts';
import { FileCertificates } from './file-certificates.ts';
import { LocalCertificates } from './local-certificates.ts';

/** The source that a listener's config asks for. */
export function sourceOf({ certificates }: ListenerTls): CertificateSource {
  if (certificates === 'local') return new LocalCertificates(dataFolder(process.env));
  return new FileCertificates(certificates);
}
