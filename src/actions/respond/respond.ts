import type { RespondModel } from '../../config/model.ts';
import type { Action } from '../../wire/exchange.ts';
import { Field, HeaderList } from '../../wire/header-list.ts';

const JSON_TYPE = new Field('Content-Type', 'application/json');
const TEXT_TYPE = new Field('Content-Type', 'text/plain; charset=utf-8');

/** RFC 9110 §15.3.5, §15.3.6 and §15.4.5: these never have a body. */
const BODILESS = new Set([204, 205, 304]);

/** The action `respond`: one fixed answer. */
export function createRespond(model: RespondModel): Action {
  const body = Buffer.from(BODILESS.has(model.status) ? '' : model.body);
  const fields = model.headers.map(([name, value]) => new Field(name, value));
  if (body.length > 0 && !fields.some((field) => field.name.toLowerCase() === 'content-type')) {
    fields.unshift(isJson(model.body) ? JSON_TYPE : TEXT_TYPE);
  }
  return function respond(exchange) {
    if (exchange.bodyLength !== 0) exchange.discardBody();
    // The door changes the list: each answer has its own.
    const headers = new HeaderList();
    for (const field of fields) headers.appendField(field);
    exchange.reply(model.status, headers, body);
  };
}

/** Whether a text is an object or an array: `true` and `42` are more likely meant as text. */
function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
