import { setImmediate as turn } from 'node:timers/promises';
import type { RawPeer } from '../../fixtures/raw-peer.ts';

/** Sends the pieces so that each is read for itself: this process plays both ends, and its loop comes round in between. */
export async function deliverApart(peer: RawPeer, pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    await peer.deliver(piece);
    await turn();
    await turn();
  }
}

/** The text in two pieces, in every way. */
export function everyCut(text: string): [string, string][] {
  return Array.from({ length: text.length - 1 }, (_, i) => [text.slice(0, i + 1), text.slice(i + 1)]);
}
