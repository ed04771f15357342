import { addressKind, mayConnect } from './address.ts';
import { entriesOf, type GuardProblems, type GuardSettings, type Place } from './settings.ts';

/**
 * Reports a host that is written in the config and can't be connected to: an address that isn't public, or this machine's
 * name. It would be refused anyhow, with each request.
 */
export function checkAddress(
  { host }: { readonly host: string },
  settings: GuardSettings,
  { place, problems }: { readonly place: Place; readonly problems: GuardProblems },
): void {
  // Names that resolve to nothing but loopback (RFC 6761 §6.3).
  const ip = host === 'localhost' || host.endsWith('.localhost') ? '127.0.0.1' : host;
  const kind = addressKind(ip);
  if (
    kind === 'invalid' ||
    mayConnect(
      ip,
      host,
      entriesOf(settings.allowPrivate, []).map(([entry]) => entry),
    )
  )
    return;
  problems.error('guard-address-private', place, { host, kind });
}
