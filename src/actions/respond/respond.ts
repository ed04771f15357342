import type { RespondModel } from '../../config/model.ts';
import type { Action } from '../../wire/exchange.ts';
import { Field, HeaderList } from '../../wire/header-list.ts';

/** The action `respond`: one fixed answer. */
export function createRespond(model: RespondModel): Action {
  const body = Buffer.from(model.body);
  const fields = model.headers.map(([name, value]) => new Field(name, value));
  return function respond(exchange) {
    if (exchange.bodyLength !== 0) exchange.discardBody();
    // The door changes the list: each answer has its own.
    const headers = new HeaderList();
    for (const field of fields) headers.appendField(field);
    exchange.reply(model.status, headers, body);
  };
}
