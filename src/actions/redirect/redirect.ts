import type { RedirectModel } from '../../config/model.ts';
import { locator } from '../../routing/index.ts';
import type { Action } from '../../wire/exchange.ts';
import { HeaderList } from '../../wire/header-list.ts';

/** The action `redirect`: sends the client to a path or a URL made from a template. */
export function createRedirect(model: RedirectModel): Action {
  const locationOf = locator(model.to);
  return function redirect(exchange) {
    if (exchange.bodyLength !== 0) exchange.discardBody();
    const headers = new HeaderList();
    headers.append('Location', locationOf(exchange));
    exchange.reply(model.status, headers);
  };
}
