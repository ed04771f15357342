import { parseOrigin, type Origin } from '../protocol/origin.ts';
import { publicSuffixOf, registrableDomain, suffixKind } from './public-suffix.ts';

/** An origin that is let in, and the one it's a neighbour of. */
export interface Neighbour {
  readonly origin: string;
  readonly meant: string;
}

/** What a regex lets in besides what it seems meant for. */
export interface Neighbours {
  /** An origin that anybody could get and that is none of the samples' domains. */
  readonly stranger?: Neighbour;
  /** An origin under the same hosting company's suffix, of which part is fixed: `https://my-app-evil.vercel.app`. */
  readonly tenant?: Neighbour;
  /** An origin whose whole name under a public suffix is free: `https://evil.vercel.app`. */
  readonly anyTenant?: Neighbour;
}

const INSERTED = ['evil', '1337', 'evil-', '-evil', '.evil', 'evil.', '.evil.example'];

/** Origins that no policy means. */
const HOSTILE = ['https://evil.example', 'http://evil.example', 'https://evil.example:1337'];

/**
 * What `accepts` does with the usual neighbours of the origins that a regex is meant for. Only origins that a browser
 * would send are tried.
 */
export function findNeighbours(
  samples: readonly string[],
  source: string,
  accepts: (origin: string) => boolean,
): Neighbours {
  const isLetIn = (text: string): boolean => 'origin' in parseOrigin(text) && accepts(text);
  const found: { -readonly [key in keyof Neighbours]: Neighbours[key] } = {};
  const hostile = HOSTILE.find(isLetIn);
  if (hostile !== undefined) return { stranger: { origin: hostile, meant: samples[0] ?? '' } };
  const hasPort = source.replaceAll('(?:', '').replace('://', '').includes(':');
  for (const meant of samples) {
    const parsed = parseOrigin(meant);
    if ('problem' in parsed) continue;
    const { origin } = parsed;
    for (const host of new Set(neighbourHosts(origin))) {
      const text = write({ ...origin, host });
      if (registrableDomain(host) === registrableDomain(origin.host) || !isLetIn(text)) continue;
      found[sortOf(origin, host, isLetIn)] ??= { origin: text, meant };
    }
    const others = [`evil${meant}`, ...(hasPort ? [] : [write({ ...origin, port: '1337' })])];
    const other = others.find((text) => text !== meant && isLetIn(text));
    if (other !== undefined) found.stranger ??= { origin: other, meant };
  }
  return found;
}

function write({ scheme, host, port }: Pick<Origin, 'scheme' | 'host' | 'port'>): string {
  return `${scheme}://${host}${port === '' ? '' : `:${port}`}`;
}

function* neighbourHosts({ host }: Origin): Generator<string> {
  for (let at = 0; at <= host.length; at++) {
    for (const text of INSERTED) yield host.slice(0, at) + text + host.slice(at);
    if (host[at] === '.') yield `${host.slice(0, at)}a${host.slice(at + 1)}`;
  }
  const domain = registrableDomain(host);
  yield host.slice(host.length - domain.length + 1);
  yield `${host.slice(0, host.lastIndexOf('.') + 1)}evil`;
  const suffix = publicSuffixOf(host);
  yield `evil1337.${suffix}`;
}

/** A neighbour under the same company's suffix is what a pattern per deployment can't avoid; elsewhere it's a hole. */
function sortOf(meant: Origin, host: string, isLetIn: (text: string) => boolean): keyof Neighbours {
  const suffix = publicSuffixOf(meant.host);
  if (publicSuffixOf(host) !== suffix || suffixKind(suffix) !== 'private') return 'stranger';
  const free = ['evil1337', 'x', 'a-b'].every((label) => isLetIn(write({ ...meant, host: `${label}.${suffix}` })));
  return free ? 'anyTenant' : 'tenant';
}
