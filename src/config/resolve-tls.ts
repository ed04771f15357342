import { certificatesIn } from './certificates.ts';
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
  const ca = file === undefined ? undefined : readAuthorities(file, [...path, 'ca'], context);
  if (file !== undefined && ca === undefined) return undefined;
  return Object.freeze({ ca, serverName, dangerouslySkipVerify });
}

/** The certificates in a file of authorities; undefined, and reported, if there are none. */
export function readAuthorities(
  file: string,
  path: KeyPath,
  { machine, problems }: Files,
): readonly string[] | undefined {
  if (!machine.checkFiles) return [];
  const absolute = machine.absolute(file);
  const read = machine.readText(absolute);
  if ('cause' in read) {
    problems.error('file-unreadable', path, { file: absolute, cause: read.cause });
    return undefined;
  }
  const certificates = certificatesIn(read.text);
  if (certificates.length > 0) return Object.freeze([...certificates]);
  problems.error('ca-empty', path, { file: absolute });
  return undefined;
}
