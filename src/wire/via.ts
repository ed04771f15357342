import { viaEntry, viaForOutside as viaFor } from '../protocol/via.ts';
import type { HeaderList } from './header-list.ts';
import { H } from './known-names.ts';

/** How Via names us: one name a process, so that a request that comes round again is noticed (RFC 9110 §7.6.3). */
export const VIA = viaEntry(Math.random().toString(36).slice(2, 8).padStart(6, '0'));

/** Whether a message with these headers has been through this process before. */
export function cameThroughUs(headers: HeaderList): boolean {
  return headers.hasId(H.via) && headers.getCombined('via')?.includes(VIA) === true;
}

/** A Via for a third party, see `protocol/via.ts`. */
export function viaForOutside(headers: HeaderList): string {
  return viaFor(headers.getCombined('via'), VIA);
}
