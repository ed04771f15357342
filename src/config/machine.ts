import type { CertificateFault, ReadCertificate } from './certificates.ts';

/** What a text on disk says, or why it can't be read: the file system's own short word (`ENOENT`). */
export type FileText = { readonly text: string } | { readonly cause: string };

/** A public key as JSON (RFC 7517), and the algorithms that it can verify; or why it's no good. */
export type PublicKeyFacts =
  | { readonly jwk: Readonly<Record<string, unknown>>; readonly algorithms: readonly string[] }
  | { readonly reason: 'not-a-key' | 'type' | 'weak' };

/** Whether there is a folder of that name, or why nothing can be said of it. */
export type FolderState = { readonly folder: boolean } | { readonly cause: string };

/**
 * What a config asks of the machine that it's for: all that understanding one needs of Node, so that runtimes without files
 * understand the same configs.
 */
export interface Machine {
  /** Whether files and folders that the config names must be there. */
  readonly checkFiles: boolean;
  /** Cores that this process may use. */
  readonly cores: () => number;
  /** A path as the config writes it, as an absolute one. */
  readonly absolute: (path: string) => string;
  readonly readText: (absolute: string) => FileText;
  readonly findFolder: (absolute: string) => FolderState;
  /** A certificate with its key; undefined where nobody can tell. */
  readonly readCertificate: (cert: string, key: string) => ReadCertificate | CertificateFault | undefined;
  /** A key in PEM, or as JSON; undefined where nobody can say. */
  readonly readPublicKey: (key: string | Readonly<Record<string, unknown>>) => PublicKeyFacts | undefined;
  /** What a text in YAML or JSON says; undefined if it's neither. */
  readonly parseDocument: (text: string) => unknown;
}
