import { parseOrigin, type Origin } from '../protocol/origin.ts';
import { publicSuffixOf, registrableDomain, suffixKind } from './public-suffix.ts';

/** What a regex lets in besides what it seems meant for. */
export interface Neighbours {
  /** An origin that anybody could get and that is none of the samples' domains. */
  readonly stranger: string | undefined;
  /** An origin under the same hosting company's suffix, of which part is fixed: `https://my-app-evil.vercel.app`. */
  readonly tenant: string | undefined;
  /** An origin whose whole name under a public suffix is free: `https://evil.vercel.app`. */
  readonly anyTenant: string | undefined;
}

const INSERTED = ['evil', '1337', 'evil-', '-evil', '.evil', 'evil.', '.evil.example'];

/** Origins that no policy means. */
const HOSTILE = ['https://evil.example', 'http://evil.example', 'https://evil.example:1337'];

/** What `accepts` does with the usual neighbours of the origins it's meant for. Only looks for what a browser would send. */
export function findNeighbours(
  samples: readonly string[],
  source: string,
  accepts: (origin: string) => boolean,
): Neighbours {
  const isLetIn = (text: string): boolean => 'origin' in parseOrigin(text) && accepts(text);
  const found = { stranger: HOSTILE.find(isLetIn), tenant: undefined, anyTenant: undefined } as {
    -readonly [key in keyof Neighbours]: Neighbours[key];
  };
  const hasPort = source.replaceAll('(?:', '').replace('://', '').includes(':');
  for (const sample of samples) {
    const parsed = parseOrigin(sample);
    if ('problem' in parsed) continue;
    const { origin } = parsed;
    for (const host of new Set(neighbourHosts(origin))) {
      const text = write({ ...origin, host });
      if (registrableDomain(host) === registrableDomain(origin.host) || !isLetIn(text)) continue;
      found[sortOf(origin.host, host, isLetIn, origin)] ??= text;
    }
    const others = [`evil${sample}`, ...(hasPort ? [] : [write({ ...origin, port: '1337' })])];
    found.stranger ??= others.find((text) => text !== sample && isLetIn(text));
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
function sortOf(meant: string, host: string, isLetIn: (text: string) => boolean, origin: Origin): keyof Neighbours {
  const suffix = publicSuffixOf(meant);
  if (publicSuffixOf(host) !== suffix || suffixKind(suffix) !== 'private') return 'stranger';
  const free = ['evil1337', 'x', 'a-b'].every((label) => isLetIn(write({ ...origin, host: `${label}.${suffix}` })));
  return free ? 'anyTenant' : 'tenant';
}
