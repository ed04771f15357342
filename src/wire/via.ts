import type { HeaderList } from './header-list.ts';
import { H } from './known-names.ts';

/** How Via names us: one name a process, so that a request that comes round again is noticed (RFC 9110 §7.6.3). */
export const VIA = `1.1 oneorigin-${Math.random().toString(36).slice(2, 8).padStart(6, '0')}`;

const OF_OUR_KIND = /^1\.1 oneorigin-[\da-z]{6}$/;

/** Whether a message with these headers has been through this process before. */
export function cameThroughUs(headers: HeaderList): boolean {
  return headers.hasId(H.via) && headers.getCombined('via')?.includes(VIA) === true;
}

/**
 * A Via for a third party: what proxies inside call themselves isn't its business (RFC 9110 §7.6.3), but gateways of our
 * kind stay named, or a loop through two of them would never end.
 */
export function viaForOutside(headers: HeaderList): string {
  const entries = headers.getCombined('via')?.split(',') ?? [];
  return [...entries.map((entry) => entry.trim()).filter((entry) => OF_OUR_KIND.test(entry)), VIA].join(', ');
}
