import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
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

type Files = Pick<ResolveContext, 'problems' | 'baseDir' | 'checkFiles'>;

/** Understands how servers are asked over TLS, or reports what is wrong. */
export function resolveTls(options: TlsSettings | undefined, path: KeyPath, context: Files): UpstreamTls | undefined {
  if (options === undefined) return NO_TLS;
  const { ca: file, serverName, dangerouslySkipVerify = false } = options;
  const ca = file === undefined ? undefined : readCertificates(file, [...path, 'ca'], context);
  if (file !== undefined && ca === undefined) return undefined;
  return Object.freeze({ ca, serverName, dangerouslySkipVerify });
}

function readCertificates(
  file: string,
  path: KeyPath,
  { baseDir, checkFiles, problems }: Files,
): readonly string[] | undefined {
  if (!checkFiles) return [];
  const absolute = resolve(baseDir, file);
  try {
    const text = readFileSync(absolute, 'utf8');
    const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
    if (certificates !== null) return Object.freeze([...certificates]);
    problems.error('ca-empty', path, { file: absolute });
  } catch (error) {
    problems.error('file-unreadable', path, { file: absolute, cause: causeOf(error) });
  }
  return undefined;
}

/** Why the file system refused, in its own short word (`ENOENT`). */
export function causeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}
