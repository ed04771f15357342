import type * as z from 'zod';
import { isFor, type ReadCertificate } from './certificates.ts';
import type { ResolveContext } from './context.ts';
import type { CertificateModel, ClientAuthModel, ListenerModel, ListenerTls } from './model.ts';
import type { KeyPath } from './problems.ts';
import { readAuthorities } from './resolve-tls.ts';
import type { certificateOptions, listenerTls } from './schema/schema.ts';

type CertificateInput = z.output<typeof certificateOptions>;

/** A host that a route is for, and where that is said. */
export interface RouteHost {
  readonly host: string;
  readonly at: KeyPath;
}

/** Understands a listener's `tls`, or reports what is wrong with it. */
export function resolveListenerTls(
  options: z.output<typeof listenerTls>,
  path: KeyPath,
  context: ResolveContext,
): ListenerTls | undefined {
  const { minVersion = '1.2' } = options;
  const certificates = resolveCertificates(options.certificates, [...path, 'certificates'], context);
  const clients = resolveClients(options, path, context);
  if (certificates === undefined || clients === undefined) return undefined;
  return Object.freeze({
    certificates,
    minVersion: `TLSv${minVersion}` as const,
    clients: clients === 'nobody' ? undefined : clients,
  });
}

function resolveCertificates(
  certificates: z.output<typeof listenerTls>['certificates'],
  at: KeyPath,
  context: ResolveContext,
): ListenerTls['certificates'] | undefined {
  if (certificates === 'local') return certificates;
  const several = Array.isArray(certificates);
  const entries: readonly CertificateInput[] = several ? certificates : [certificates];
  if (entries.length === 0) context.problems.error('certificate-none', at);
  const found = entries.map((entry, index) => resolveCertificate(entry, several ? [...at, index] : at, context));
  const usable = found.filter((each) => each !== undefined);
  return entries.length === 0 || usable.length < entries.length ? undefined : Object.freeze(usable);
}

/** Who may come with a certificate. Undefined: what is said of it is wrong. */
function resolveClients(
  { clientCa, clientAuth }: z.output<typeof listenerTls>,
  path: KeyPath,
  context: ResolveContext,
): ClientAuthModel | 'nobody' | undefined {
  if (clientCa === undefined) {
    if (clientAuth === undefined) return 'nobody';
    context.problems.error('client-ca-missing', [...path, 'clientAuth']);
    return undefined;
  }
  const ca = readAuthorities(clientCa, [...path, 'clientCa'], context);
  if (ca === undefined) return undefined;
  return Object.freeze({ caFile: context.machine.absolute(clientCa), ca, required: clientAuth !== 'request' });
}

function resolveCertificate(
  { cert, key }: CertificateInput,
  path: KeyPath,
  { machine, problems }: ResolveContext,
): CertificateModel | undefined {
  const [certFile, keyFile] = [machine.absolute(cert), machine.absolute(key)];
  const found = machine.checkFiles ? machine.readCertificate(certFile, keyFile) : undefined;
  if (found === undefined) return Object.freeze({ certFile, keyFile, cert: '', key: '', names: [] });
  if ('code' in found) {
    problems.error(found.code, [...path, found.file], found.data);
    return undefined;
  }
  const { validFrom, validTo, model } = found;
  const now = Date.now();
  if (validTo < now) problems.warn('certificate-expired', [...path, 'cert'], { file: certFile, date: day(validTo) });
  if (validFrom > now) problems.warn('certificate-early', [...path, 'cert'], { file: certFile, date: day(validFrom) });
  if (model.names.length === 0) problems.warn('certificate-nameless', [...path, 'cert'], { file: certFile });
  if (found.keyIsOpen) problems.warn('key-open', [...path, 'key'], { file: keyFile });
  return model;
}

function day(time: ReadCertificate['validTo']): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** Says which routes' hosts no certificate of a listener is for: their clients would be warned of an impostor. */
export function checkHosts(
  listeners: readonly ListenerModel[],
  hosts: readonly RouteHost[],
  { problems, machine }: ResolveContext,
): void {
  if (!machine.checkFiles) return;
  for (const { host: address, port, tls } of listeners) {
    if (tls === undefined) continue;
    const { certificates } = tls;
    const names = certificates === 'local' ? [] : certificates.flatMap((certificate) => certificate.names);
    const missing = hosts.filter(
      ({ host }) => !isFor(names, host.toLowerCase()) && !(certificates === 'local' && isLocal(host)),
    );
    for (const { host, at } of missing) {
      problems.warn('certificate-host-missing', at, { host, listener: `${address}:${port}` });
    }
  }
}

/** A name that the local authority may issue for. */
function isLocal(host: string): boolean {
  return /^(?:(?:.+\.)?localhost|127\.0\.0\.1|\[?::1\]?)$/i.test(host);
}
