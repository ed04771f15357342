import type { LogModel } from '../config/model.ts';
import type { UpstreamEvent } from '../upstream/events.ts';
import { eventLine } from './event-line.ts';

/** Events that somebody should look at. */
const WARNINGS: ReadonlySet<string> = new Set<UpstreamEvent['event']>([
  'server-down',
  'server-ejected',
  'circuit-open',
  'resolve-failed',
]);

const WORDS: Readonly<Record<UpstreamEvent['event'], string>> = {
  'server-down': 'is down',
  'server-up': 'is up again',
  'server-ejected': 'is left out',
  'server-returned': 'gets requests again',
  'circuit-open': 'is left alone',
  'circuit-half-open': 'is tried again',
  'circuit-closed': 'is well again',
  'servers-changed': 'has other servers',
  'resolve-failed': "can't be found",
};

/** One line of the log for what became of an upstream. */
export function formatUpstreamEvent(event: UpstreamEvent, { format }: Pick<LogModel, 'format'>): string {
  const level = WARNINGS.has(event.event) ? 'warning' : 'info';
  const subject = event.server === undefined ? event.upstream : `${event.upstream}: server ${event.server}`;
  const message = `upstream ${subject} ${WORDS[event.event]}: ${event.reason}`;
  return eventLine(level, message, { format, fields: event });
}
