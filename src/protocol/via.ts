/** How gateways of our kind name themselves in Via (RFC 9110 §7.6.3): six letters or digits that are theirs. */
const OF_OUR_KIND = /^1\.1 oneorigin-[\da-z]{6}$/;

/** A gateway's entry in Via. @param token six letters or digits, by which it knows itself again */
export function viaEntry(token: string): string {
  return `1.1 oneorigin-${token}`;
}

/**
 * A Via for a third party: what proxies inside call themselves isn't its business (RFC 9110 §7.6.3), but gateways of our
 * kind stay named, or a loop through two of them would never end.
 * @param received as it came, several lines joined by commas; undefined for none
 */
export function viaForOutside(received: string | undefined, own: string): string {
  const entries = received?.split(',').map((entry) => entry.trim()) ?? [];
  return [...entries.filter((entry) => OF_OUR_KIND.test(entry)), own].join(', ');
}
