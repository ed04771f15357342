/** A private key and the certificate of its public one, in PEM. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}
