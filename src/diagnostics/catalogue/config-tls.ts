import type { CatalogueEntry } from './entry.ts';
import { byReason, code } from './words.ts';

const keyReasons: Readonly<Record<string, string>> = {
  none: 'it holds none',
  encrypted: 'it is encrypted, and nobody is there to type its password when the gateway starts',
  broken: 'it is damaged',
};

const keyMends: Readonly<Record<string, string>> = {
  none: 'Name a PEM file: it has lines such as `-----BEGIN PRIVATE KEY-----`.',
  encrypted: 'Decrypt it into a file that only the gateway can read: `openssl pkey -in KEY -out NEW-KEY`.',
  broken: 'Copy the whole file again, with its `BEGIN` and `END` lines.',
};

const mismatchMends: Readonly<Record<string, string>> = {
  order: "The key belongs to a certificate further down in the file: put the server's own certificate first.",
  other: 'Name the key that the certificate was requested with, or request one for this key.',
};

/** What can be wrong with the certificates of listeners. */
export const configTlsCatalogue = {
  'certificate-none': {
    message: () => 'There is no certificate, so no TLS can be spoken here.',
    mend: () => 'Add one: `certificates: [{ cert: ./example.pem, key: ./example.key }]`.',
  },
  'certificate-empty': {
    message: ({ file }) => `${code(file)} holds no certificate.`,
    mend: () => 'Name a PEM file: it has lines such as `-----BEGIN CERTIFICATE-----`.',
  },
  'certificate-broken': {
    message: ({ file }) => `The first certificate in ${code(file)} is damaged.`,
    mend: () => 'Copy the whole file again, with its `BEGIN` and `END` lines.',
  },
  'key-unusable': {
    message: ({ file, reason }) => `${code(file)} can't be used as a private key: ${byReason(keyReasons, reason)}.`,
    mend: ({ reason }) => keyMends[String(reason)] ?? 'Name the file with the private key, in PEM.',
  },
  'certificate-key-mismatch': {
    message: ({ certFile, keyFile }) => `The key ${code(keyFile)} doesn't belong to the certificate ${code(certFile)}.`,
    mend: ({ reason }) => mismatchMends[String(reason)] ?? 'Name the key that the certificate was requested with.',
  },
  'certificate-refused': {
    message: ({ file, reason }) => `OpenSSL refuses the certificate ${code(file)}: ${String(reason)}.`,
    mend: () => 'Request one with a key of today: `openssl ecparam -name prime256v1 -genkey`, or RSA with 2048 bits.',
  },
  'certificate-expired': {
    message: ({ file, date }) => `The certificate ${code(file)} has expired on ${String(date)}: browsers refuse it.`,
    mend: () => 'Renew it.',
  },
  'certificate-early': {
    message: ({ file, date }) =>
      `The certificate ${code(file)} is valid from ${String(date)} on: browsers refuse it now.`,
    mend: () => "Check this machine's clock, or keep the old one until then.",
  },
  'certificate-nameless': {
    message: ({ file }) => `The certificate ${code(file)} is for no host: it has no subject alternative name.`,
    mend: () => 'Request one with `subjectAltName`; browsers have ignored the common name for years.',
  },
  'certificate-host-missing': {
    message: ({ host, listener }) => `No certificate of the listener ${code(listener)} is for the host ${code(host)}.`,
    mend: () => 'Add a certificate for that name: clients refuse any other.',
  },
  'client-ca-missing': {
    message: () => 'Without `clientCa` nobody can tell which certificates of clients are good.',
    mend: () => 'Name the file with the authorities that issue them: `clientCa: ./clients-ca.pem`.',
  },
  'redirect-https-pointless': {
    message: () => 'What comes here comes with https already: there is nothing to redirect.',
    mend: () =>
      'Write `redirectToHttps` at the listener without `tls`, or list the proxy in front in `trustedProxies`.',
  },
  'redirect-https-loop': {
    message: () =>
      'No listener speaks TLS and no proxy is trusted. If one in front ends TLS, what it passes on is redirected for ever.',
    mend: () => 'List the proxy in `trustedProxies`: its `X-Forwarded-Proto` is then believed.',
  },
  'hsts-pointless': {
    message: () => 'Nothing comes here with https, and browsers heed HSTS over https only.',
    mend: () => 'Write `hsts` at the listener with `tls`, or list the proxy that ends TLS in `trustedProxies`.',
  },
  'hsts-max-age': {
    message: ({ value }) => `${code(value)} is not a length of time.`,
    mend: () => 'Write a number with its unit: `180d`, `1y`, `2h`; or `0` for browsers to forget it.',
  },
  'hsts-preload': {
    message: () => 'With this, browsers take nobody into their list.',
    mend: () => 'Write `{ maxAge: 1y, includeSubDomains: true, preload: true }`, or leave `preload` out.',
  },
  'key-open': {
    message: ({ file }) => `Every user of this machine can read the private key ${code(file)}.`,
    mend: ({ file }) => `Run ${code(`chmod 600 ${String(file)}`)}.`,
  },
} as const satisfies Record<string, CatalogueEntry>;
