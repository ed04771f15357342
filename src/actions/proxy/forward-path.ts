import type { ProxyModel } from '../../config/model.ts';
import { fillTemplate, parseTemplate } from '../../routing/index.ts';
import type { Exchange } from '../../wire/exchange.ts';

/** Makes the path an upstream sees out of the one that was routed on. It's never decoded or normalised. */
export function pathForwarder(model: Pick<ProxyModel, 'stripPrefix' | 'rewrite'>): (exchange: Exchange) => string {
  const { stripPrefix, rewrite } = model;
  if (rewrite !== '') {
    const template = parseTemplate(escapeForeign(rewrite));
    return (exchange) => fillTemplate(template, exchange.params, exchange.query);
  }
  if (stripPrefix !== '') {
    return (exchange) => {
      const rest = exchange.path.startsWith(stripPrefix) ? exchange.path.slice(stripPrefix.length) : exchange.path;
      return rest.startsWith('/') ? rest : `/${rest}`;
    };
  }
  return (exchange) => exchange.path;
}

/** Escapes what can't stand in a request target (RFC 3986 §2): `/café` is sent as browsers send it. */
function escapeForeign(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]/gu, (char) => encodeURIComponent(char));
}
