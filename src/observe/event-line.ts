import type { LogModel } from '../config/model.ts';
import { jsonLine, printable } from './printable.ts';

/**
 * A line of the log about the gateway itself, in the log's format, without its line break.
 * @param fields that JSON has besides
 */
export function eventLine(
  level: 'info' | 'warning' | 'error',
  message: string,
  { format, fields }: Pick<LogModel, 'format'> & { readonly fields?: object },
): string {
  if (format === 'json') return jsonLine({ time: new Date().toISOString(), level, message, ...fields });
  return `${level} ${printable(message.replaceAll(/\s*[\r\n]\s*/g, ' '))}`;
}
