import { viaEntry } from '../protocol/via.ts';

const TOKENS = 36 ** 6;

/**
 * How Via names a handler: by the host that it was asked at. A handler's isolates come and go, and have to know each other
 * again where a request comes round (FNV-1a; nothing is secret about it).
 */
export function ownVia(host: string): string {
  let hash = 0x811c9dc5;
  for (const char of host) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return viaEntry((hash % TOKENS).toString(36).padStart(6, '0'));
}
