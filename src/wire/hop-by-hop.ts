import type { HeaderList } from './header-list.ts';
import { H, type KnownName } from './known-names.ts';

/** Marks for `HeaderList.removeMarked`. */
export function markNames(...names: readonly KnownName[]): Uint8Array {
  const marks = new Uint8Array(Object.keys(H).length + 1);
  for (const name of names) marks[H[name]] = 1;
  return marks;
}

/**
 * RFC 9110 §7.6.1, and what frames a message: each connection has its own. Proxy-Authenticate and -Authorization are
 * for the next proxy, which we are not.
 */
const HOP_BY_HOP = markNames(
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'content-length',
  'upgrade',
  'http2-settings',
);

/** Never taken away because a peer's Connection names it: end-to-end, or ours (Traefik's CVE-2024-45410 was this). */
const KEPT = new Set([
  'host',
  'content-type',
  'cache-control',
  'cookie',
  'authorization',
  'set-cookie',
  'origin',
  'vary',
]);

/**
 * Takes off a head what is meant for its own connection only. Call before our own lines are added, so that a peer can't
 * have those removed.
 */
export function removeHopByHop(headers: HeaderList): void {
  const connection = headers.getById(H.connection);
  if (connection !== undefined && connection !== 'keep-alive' && connection !== 'close') removeListed(headers);
  headers.removeMarked(HOP_BY_HOP);
}

/** Removes the fields that Connection lists. */
function removeListed(headers: HeaderList): void {
  for (const value of headers.getAll('connection')) {
    for (const item of value.split(',')) {
      const name = item.trim().toLowerCase();
      if (name !== '' && name !== 'close' && name !== 'keep-alive' && !KEPT.has(name)) headers.remove(name);
    }
  }
}
