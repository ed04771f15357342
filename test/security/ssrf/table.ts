import { readFileSync } from 'node:fs';
import type { DnsReply } from '../../fixtures/dns-server.ts';

/** One way to lead a guard astray, or a harmless one that must not be taken for it. */
export interface Vector {
  readonly id: string;
  /** The route that it's tried on, see `stage.ts`. Default: `any` */
  readonly gateway?: 'any' | 'listed' | 'named' | 'narrow';
  /** Default: `GET` */
  readonly method?: string;
  /** The request's target, byte for byte as it's sent (a char is a byte). */
  readonly target: string;
  /** Header lines besides `Origin`, or in its place. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the harmless server redirects to, from `/to/STATUS`. */
  readonly location?: string;
  readonly status: number;
  /** The problem's code; absent: the harmless server is reached. */
  readonly code?: string;
  readonly reaches?: { readonly line: string; readonly host: string };
}

/** What DNS says of names. */
export type Zone = Readonly<Record<string, DnsReply>>;

/**
 * Reads `vectors.json`. In all its texts `{port}` is the port of the harmless server and of the canary, `{good}` the
 * harmless server's address, `{own}` an address of this machine on its network, `{gateway}` the gateway's port.
 */
export function readVectors(places: Readonly<Record<string, string | number>>): {
  readonly names: Zone;
  readonly vectors: readonly Vector[];
} {
  const text = readFileSync(new URL('vectors.json', import.meta.url), 'utf8');
  const filled = text.replaceAll(/\{(\w+)\}/g, (whole, place: string) => String(places[place] ?? whole));
  return JSON.parse(filled) as { names: Zone; vectors: Vector[] };
}
