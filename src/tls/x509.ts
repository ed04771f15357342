// The only file that knows how certificates are made. What it imports is large: load it when one is to be made.
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { BitString, Integer, OctetString, Utf8String } from 'asn1js';
import {
  AttributeTypeAndValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtKeyUsage,
  Extension,
  GeneralName,
  GeneralNames,
  GeneralSubtree,
  id_AuthorityKeyIdentifier,
  id_BasicConstraints,
  id_ExtKeyUsage,
  id_KeyUsage,
  id_NameConstraints,
  id_SubjectAltName,
  id_SubjectKeyIdentifier,
  NameConstraints,
  RelativeDistinguishedNames,
} from 'pkijs';
import type { KeyPair } from './key-pair.ts';

/** From when until when, in milliseconds since 1970. */
export interface Validity {
  readonly from: number;
  readonly to: number;
}

const { subtle } = webcrypto;
const EC = { name: 'ECDSA', namedCurve: 'P-256' } as const;

const COMMON_NAME = '2.5.4.3';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

/** KeyUsage (RFC 5280 §4.2.1.3): keyCertSign and cRLSign, and digitalSignature; how many of the last bits don't count. */
const SIGN_CERTIFICATES = { bits: 0b0000_0110, unused: 1 };
const SIGN = { bits: 0b1000_0000, unused: 7 };

/** Kinds of GeneralName (RFC 5280 §4.2.1.6). */
const DNS_NAME = 2;
const IP_ADDRESS = 7;

/** The addresses of `localhost`, as certificates have them. */
const LOOPBACK: Readonly<Record<string, readonly number[]>> = {
  '127.0.0.1': [127, 0, 0, 1],
  '::1': [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
};

/**
 * An authority that signs for itself. It can only issue for `localhost`, what is below it, and the loopback addresses: its
 * key is worth nothing for any other name (RFC 5280 §4.2.1.10).
 * @param name how people find it in a list of authorities
 */
export async function issueLocalAuthority(name: string, validity: Validity): Promise<KeyPair> {
  const keys = await newKeys();
  const certificate = await newCertificate(keys.publicKey, name, validity);
  certificate.issuer = certificate.subject;
  certificate.extensions = [
    extension(id_BasicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
    extension(id_KeyUsage, keyUsage(SIGN_CERTIFICATES), true),
    extension(id_NameConstraints, new NameConstraints({ permittedSubtrees: localSubtrees() }), true),
    extension(id_SubjectKeyIdentifier, new OctetString({ valueHex: keyIdentifier(certificate) })),
  ];
  return sign(certificate, keys.privateKey, keys.privateKey);
}

/**
 * A server's certificate, signed by an authority.
 * @param names host names, also with `*.`, and addresses of `localhost`
 * @throws RangeError for any other address
 */
export async function issueFor(names: readonly string[], validity: Validity, authority: KeyPair): Promise<KeyPair> {
  const issuer = Certificate.fromBER(derOf(authority.cert));
  const keys = await newKeys();
  const certificate = await newCertificate(keys.publicKey, names[0] ?? '', validity);
  certificate.issuer = issuer.subject;
  const identifier = new OctetString({ valueHex: keyIdentifier(issuer) });
  certificate.extensions = [
    extension(id_BasicConstraints, new BasicConstraints({ cA: false }), true),
    extension(id_KeyUsage, keyUsage(SIGN), true),
    extension(id_ExtKeyUsage, new ExtKeyUsage({ keyPurposes: [SERVER_AUTH] })),
    extension(id_SubjectAltName, new GeneralNames({ names: names.map(generalName) })),
    extension(id_SubjectKeyIdentifier, new OctetString({ valueHex: keyIdentifier(certificate) })),
    extension(id_AuthorityKeyIdentifier, new AuthorityKeyIdentifier({ keyIdentifier: identifier })),
  ];
  return sign(certificate, await readKey(authority.key), keys.privateKey);
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return subtle.generateKey(EC, true, ['sign', 'verify']);
}

function readKey(pem: string): Promise<webcrypto.CryptoKey> {
  return subtle.importKey('pkcs8', derOf(pem), EC, false, ['sign']);
}

async function newCertificate(
  publicKey: webcrypto.CryptoKey,
  commonName: string,
  validity: Validity,
): Promise<Certificate> {
  const certificate = new Certificate();
  certificate.version = 2;
  certificate.serialNumber = new Integer({ valueHex: serialNumber() });
  certificate.subject = new RelativeDistinguishedNames({
    typesAndValues: [new AttributeTypeAndValue({ type: COMMON_NAME, value: new Utf8String({ value: commonName }) })],
  });
  certificate.notBefore.value = new Date(validity.from);
  certificate.notAfter.value = new Date(validity.to);
  await certificate.subjectPublicKeyInfo.importKey(publicKey);
  return certificate;
}

/** RFC 5280 §4.1.2.2: positive, 20 bytes at most, and nobody can guess it. */
function serialNumber(): ArrayBuffer {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return new Uint8Array(bytes).buffer;
}

interface Encodable {
  toSchema(): { toBER(): ArrayBuffer };
}

function extension(extnID: string, value: Encodable | OctetString | BitString, critical = false): Extension {
  const schema = 'toSchema' in value ? value.toSchema() : value;
  return new Extension({ extnID, critical, extnValue: schema.toBER() });
}

function keyUsage({ bits, unused }: { readonly bits: number; readonly unused: number }): BitString {
  return new BitString({ valueHex: new Uint8Array([bits]).buffer, unusedBits: unused });
}

function localSubtrees(): GeneralSubtree[] {
  const hosts = new GeneralSubtree({ base: new GeneralName({ type: DNS_NAME, value: 'localhost' }) });
  const addresses = Object.values(LOOPBACK).map((bytes) => {
    // The address and its mask.
    const value = octets([...bytes, ...bytes.map(() => 0xff)]);
    return new GeneralSubtree({ base: new GeneralName({ type: IP_ADDRESS, value }) });
  });
  return [hosts, ...addresses];
}

function generalName(name: string): GeneralName {
  if (isIP(name) === 0) return new GeneralName({ type: DNS_NAME, value: name });
  const bytes = LOOPBACK[name];
  if (bytes === undefined) throw new RangeError(`not an address of localhost: ${name}`);
  return new GeneralName({ type: IP_ADDRESS, value: octets(bytes) });
}

function octets(bytes: readonly number[]): OctetString {
  return new OctetString({ valueHex: new Uint8Array(bytes).buffer });
}

/** RFC 5280 §4.2.1.2, the first method. */
function keyIdentifier(certificate: Certificate): ArrayBuffer {
  const bits = certificate.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView;
  return new Uint8Array(createHash('sha1').update(bits).digest()).buffer;
}

async function sign(
  certificate: Certificate,
  signer: webcrypto.CryptoKey,
  ownKey: webcrypto.CryptoKey,
): Promise<KeyPair> {
  await certificate.sign(signer, 'SHA-256');
  return {
    cert: pemOf('CERTIFICATE', certificate.toSchema().toBER()),
    key: pemOf('PRIVATE KEY', await subtle.exportKey('pkcs8', ownKey)),
  };
}

function pemOf(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function derOf(pem: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64'));
}
