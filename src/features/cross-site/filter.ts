import type { CrossSiteModel } from '../../config/feature-models.ts';
import { H } from '../../wire/known-names.ts';
import { replyProblem } from '../../wire/problem.ts';
import { isSameOrigin } from '../../wire/same-origin.ts';
import type { Filter } from '../filter.ts';
import { decideCrossSite, type CrossSiteRefusal } from './decide.ts';

const REASONS: Readonly<Record<CrossSiteRefusal, string>> = {
  'cross-site': 'a page of another site made it',
  'same-site': 'a page of another origin of the same site made it',
  'opaque-origin': 'a page made it whose origin is nobody’s (a file, a sandboxed frame)',
  'other-origin': 'a page of another origin made it',
};

/** The feature `crossSite`: what CORS doesn't give, since a request that it lets nobody read is sent all the same. */
export function createCrossSite(model: CrossSiteModel): Filter {
  return {
    name: 'crossSite',
    request(exchange) {
      const { headers, method, upgradeTo, cors } = exchange;
      const origin = headers.getById(H.origin);
      const refusal = decideCrossSite(model, {
        method,
        websocket: upgradeTo === 'websocket',
        site: headers.getById(H['sec-fetch-site'])?.toLowerCase(),
        origin,
        sameOrigin: origin !== undefined && isSameOrigin(origin, exchange),
        listed: cors?.policy !== undefined && cors.allowed && cors.kind !== 'no-origin',
      });
      if (refusal === undefined) return false;
      exchange.note = `crossSite: ${refusal}, origin ${origin ?? '(none)'}; to let it in, list it in crossSite.allow or in the CORS policy`;
      replyProblem(exchange, 'cross-site-refused', { detail: `The request is refused: ${REASONS[refusal]}.` });
      return true;
    },
  };
}
