import type { ResolveContext } from './context.ts';
import type { UpstreamTls } from './model.ts';
import type { KeyPath } from './problems.ts';

const NO_TLS: UpstreamTls = Object.freeze({ ca: undefined, serverName: undefined, dangerouslySkipVerify: false });

/** TLS options towards servers, as the schema has understood them. */
export interface TlsSettings {
  readonly ca?: string;
  readonly serverName?: string;
  readonly dangerouslySkipVerify?: boolean;
}

type Files = Pick<ResolveContext, 'problems' | 'machine'>;

/** Understands how servers are asked over TLS, or reports what is wrong. */
export function resolveTls(options: TlsSettings | undefined, path: KeyPath, context: Files): UpstreamTls | undefined {
  if (options === undefined) return NO_TLS;
  const { ca: file, serverName, dangerouslySkipVerify = false } = options;
  const ca = file === undefined ? undefined : readCertificates(file, [...path, 'ca'], context);
  if (file !== undefined && ca === undefined) return undefined;
  return Object.freeze({ ca, serverName, dangerouslySkipVerify });
}

function readCertificates(file: string, path: KeyPath, { machine, problems }: Files): readonly string[] | undefined {
  if (!machine.checkFiles) return [];
  const absolute = machine.absolute(file);
  const read = machine.readText(absolute);
  if ('cause' in read) {
    problems.error('file-unreadable', path, { file: absolute, cause: read.cause });
    return undefined;
  }
  const certificates = read.text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (certificates !== null) return Object.freeze([...certificates]);
  problems.error('ca-empty', path, { file: absolute });
  return undefined;
}
