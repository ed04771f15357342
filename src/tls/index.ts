/** TLS towards clients. */
export type { CertificateEvent } from './certificate-source.ts';
export { LocalAuthority, LocalAuthorityError } from './local-authority.ts';
export { readSecretFile, writeOwnFile } from './own-files.ts';
export { beginsAs, certificateAnswer, PLAIN_HTTP_ANSWER } from './refusals.ts';
export { dataFolder } from './data-folder.ts';
export { sourceOf } from './source-of.ts';
export { TlsTerminator } from './terminator.ts';
export { renewTicketSecrets } from './ticket-secrets.ts';
