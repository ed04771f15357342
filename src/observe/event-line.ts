import type { LogModel } from '../config/model.ts';

/** A line of the log about the gateway itself, in the log's format, without its line break. */
export function eventLine(
  level: 'info' | 'warning' | 'error',
  message: string,
  { format }: Pick<LogModel, 'format'>,
): string {
  if (format === 'json') return JSON.stringify({ time: new Date().toISOString(), level, message });
  return `${level} ${message.replaceAll(/\s*[\r\n]\s*/g, ' ')}`;
}
