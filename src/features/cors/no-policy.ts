import type { CorsNote, Exchange } from '../../wire/exchange.ts';
import { H } from '../../wire/known-names.ts';
import { isSameOrigin } from '../../wire/same-origin.ts';
import type { Filter } from '../filter.ts';

class NoPolicy implements CorsNote {
  readonly kind: string;
  readonly allowed = false;
  readonly reason = 'no-policy';
  readonly policy = undefined;
  readonly report = '';
  readonly explanation: string;

  constructor(kind: string, origin: string, { route, scheme, authority }: Exchange) {
    this.kind = kind;
    this.explanation =
      `The browser will block this: route ${route?.label ?? '(none)'} has no CORS policy and its upstream sent no CORS ` +
      `headers. Open the page at ${scheme}://${authority} too, so that both have one origin; or give the route a policy ` +
      `(cors: <name>) whose origins list ${origin}.`;
  }
}

/**
 * For routes without a policy: touches nothing, but a cross-origin request whose response lets no other origin in is
 * noted, since its developer will look for the reason.
 */
export function createNoPolicyNote(): Filter {
  return {
    name: 'cors-none',
    response(exchange, _status, headers) {
      const origin = exchange.headers.getById(H.origin);
      if (origin === undefined || isSameOrigin(origin, exchange)) return;
      // Browsers check no WebSocket's answer (RFC 6455, 10.2).
      if (exchange.upgradeTo !== '') return;
      if (headers.hasId(H['access-control-allow-origin'])) return;
      const preflight = exchange.method === 'OPTIONS' && exchange.headers.hasId(H['access-control-request-method']);
      exchange.cors = new NoPolicy(preflight ? 'preflight' : 'actual', origin, exchange);
    },
  };
}
