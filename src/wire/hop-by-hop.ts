import type { HeaderList } from './header-list.ts';
import { H, NameSet, type KnownName } from './known-names.ts';

/**
 * RFC 9110 §7.6.1, and what frames a message: each connection has its own. Proxy-Authenticate and -Authorization are
 * for the next proxy, which we are not.
 */
const HOP_BY_HOP = [
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
] as const satisfies readonly KnownName[];

/** What is hop-by-hop and nothing else. */
const ONLY_HOP_BY_HOP = new NameSet(...HOP_BY_HOP);

/** What is hop-by-hop, and other names: for `removeHopByHop`. */
export function withHopByHop(...names: readonly KnownName[]): NameSet {
  return new NameSet(...HOP_BY_HOP, ...names);
}

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
 * Takes off a head what is meant for its own connection only. Lines of our own that were added to it stay, whatever the
 * peer's Connection names.
 *
 * @param names what is removed: a set made by `withHopByHop`, so that one pass does it all
 */
export function removeHopByHop(headers: HeaderList, names: NameSet = ONLY_HOP_BY_HOP): void {
  const connection = headers.getById(H.connection);
  if (connection !== undefined && connection !== 'keep-alive' && connection !== 'close') removeListed(headers);
  headers.removeNames(names);
}

/** Removes the fields that Connection lists, as far as they came with the message. */
function removeListed(headers: HeaderList): void {
  for (const value of headers.getAll('connection')) {
    for (const item of value.split(',')) {
      const name = item.trim().toLowerCase();
      if (name !== '' && name !== 'close' && name !== 'keep-alive' && !KEPT.has(name)) headers.removeReceived(name);
    }
  }
}
