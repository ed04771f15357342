import type { HeaderList } from './header-list.ts';
import { H } from './known-names.ts';

/** How Via names us: one name a process, so that a request that comes round again is noticed (RFC 9110 §7.6.3). */
export const VIA = `1.1 oneorigin-${Math.random().toString(36).slice(2, 8)}`;

/** Whether a message with these headers has been through this process before. */
export function cameThroughUs(headers: HeaderList): boolean {
  const via = headers.getById(H.via);
  if (via === undefined) return false;
  return via.includes(VIA) || (headers.countId(H.via) > 1 && headers.getCombined('via')?.includes(VIA) === true);
}
