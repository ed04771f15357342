import type { Exchange } from '../../wire/exchange.ts';
import { HeaderList } from '../../wire/header-list.ts';
import { replyProblem } from '../../wire/problem.ts';
import type { Filter } from '../filter.ts';

const HTTPS_PORT = 443;
/** Browsers keep a 308 for ever if nobody says otherwise: too long for an address that was only tried. */
const KEEP = 'max-age=3600';

/**
 * The feature `redirectToHttps`: sends who came with http to the same address with https, with the same method and body.
 * What trusted proxies say of the scheme counts.
 */
export function createRedirectToHttps(): Filter {
  return {
    name: 'redirectToHttps',
    request(exchange) {
      const port = exchange.listener?.httpsPort;
      // `OPTIONS *` has no address to be sent to.
      if (port === undefined || exchange.scheme === 'https' || !exchange.target.startsWith('/')) return false;
      redirect(exchange, port);
      return true;
    },
  };
}

function redirect(exchange: Exchange, port: number): void {
  const host = exchange.authority.replace(/:\d*$/, '');
  if (host === '') {
    return replyProblem(exchange, 'malformed-request', {
      detail: 'Without a Host it is not known where to go with https.',
    });
  }
  if (exchange.bodyLength !== 0) exchange.discardBody();
  const headers = new HeaderList();
  headers.append('Location', `https://${host}${port === HTTPS_PORT ? '' : `:${port}`}${exchange.target}`);
  headers.append('Cache-Control', KEEP);
  exchange.reply(308, headers);
}
