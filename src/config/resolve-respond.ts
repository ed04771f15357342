import type * as z from 'zod';
import type { respondOptions } from '../actions/respond/options.ts';
import { isFieldValue } from '../protocol/field-value.ts';
import type { RespondModel } from './model.ts';
import { headerNamePattern } from './schema/fields.ts';
import type { At } from './schema/issues.ts';

/** Lines that the wire writes itself. */
const FRAMING = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** Statuses without a body (RFC 9110 §6.4.1). */
const BODILESS = new Set([204, 205, 304]);

/** Understands a fixed answer. */
export function resolveRespond(options: z.output<typeof respondOptions>, { path, problems }: At): RespondModel {
  const { status = 200, body = '' } = options;
  if (body !== '' && BODILESS.has(status)) problems.error('respond-no-body', [...path, 'body'], { status });
  const headers: (readonly [string, string])[] = [];
  for (const [name, values] of Object.entries(options.headers ?? {})) {
    const at = [...path, 'headers', name];
    const lower = name.toLowerCase();
    if (!headerNamePattern.test(name)) problems.error('header-name-invalid', at, { name });
    else if (FRAMING.has(lower)) problems.error('respond-framing', at, { name });
    else if (lower.startsWith('access-control-')) problems.error('respond-cors', at, { name });
    for (const value of typeof values === 'string' ? [values] : values) {
      if (!isFieldValue(value)) problems.error('header-value-invalid', at, { name });
      headers.push(Object.freeze([name, value] as const));
    }
  }
  if (body !== '' && !headers.some(([name]) => name.toLowerCase() === 'content-type')) {
    headers.unshift(Object.freeze(['Content-Type', isJson(body) ? 'application/json' : PLAIN_TEXT] as const));
  }
  return { kind: 'respond', status, headers: Object.freeze(headers), body };
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
