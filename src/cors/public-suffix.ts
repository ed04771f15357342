import { parse } from 'tldts';

/** Who hands out the names right below a domain. */
export type SuffixKind = 'registry' | 'private' | 'none';

// The suffix list's private part is what knows github.io, vercel.app and their like.
// Hosts are parsed before they come here; the library's own idea of a valid one is narrower than a browser's.
const OPTIONS = { allowPrivateDomains: true, validateHostname: false } as const;

/**
 * Whether anybody can get a name right below `domain`: from a registry (`com`, `co.uk`), from a company that hosts for
 * all (`github.io`), or not. A top-level domain that isn't on the public suffix list is taken for an internal one.
 */
export function suffixKind(domain: string): SuffixKind {
  const { publicSuffix, isIcann, isPrivate } = parse(domain, OPTIONS);
  if (publicSuffix !== domain) return 'none';
  if (isPrivate === true) return 'private';
  return isIcann === true ? 'registry' : 'none';
}

/** The part of a host that somebody registered, `example.co.uk` of `a.b.example.co.uk`; the host itself if there's none. */
export function registrableDomain(host: string): string {
  return parse(host, OPTIONS).domain ?? host;
}

/** The public suffix that a host is under. */
export function publicSuffixOf(host: string): string {
  return parse(host, OPTIONS).publicSuffix ?? '';
}
