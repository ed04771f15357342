import { isIP } from 'node:net';
import type { Filter } from '../filter.ts';

const NAME = 'Strict-Transport-Security';

/**
 * The feature `hsts`: tells browsers to come with https only (RFC 6797). It's said over https alone (§7.2), and not for
 * `localhost` and addresses: browsers ignore it for these (§8.1.1), and a host that insists on it does so on every port,
 * those of other people's development servers too.
 */
export function createHsts(): Filter {
  return {
    name: 'hsts',
    response({ listener, scheme, authority }, _status, headers) {
      if (listener === undefined || listener.hsts === '' || scheme !== 'https' || !isPublic(authority)) return;
      headers.set(NAME, listener.hsts);
    },
  };
}

function isPublic(authority: string): boolean {
  const host = authority.replace(/:\d*$/, '').toLowerCase();
  return (
    host !== '' && host !== 'localhost' && !host.endsWith('.localhost') && !host.startsWith('[') && isIP(host) === 0
  );
}
