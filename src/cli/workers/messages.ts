import type { Config } from '../../config/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import type { MetricFamily } from '../../observe/metrics/families.ts';

/** What the supervisor tells a worker. */
export type ToWorker =
  | StartMessage
  /** Put this config in the place of the one in force. Nothing else is said before it's answered. */
  | ReloadMessage
  /** Say what you have counted. */
  | { readonly kind: 'metrics'; readonly question: number }
  /** Goes with a socket. */
  | { readonly kind: 'connection'; readonly id: number; readonly listener: number; readonly beyondLimit: boolean }
  /**
   * Bring what is under way to its end, and end. `retire`: somebody else takes the place, so there's time, and whoever is
   * connected may ask once more.
   */
  | { readonly kind: 'stop'; readonly how: 'end' | 'retire' };

/**
 * The first message. A worker is told its config and doesn't read the file: it may have been changed since, and one that
 * takes a crashed one's place must do what the others do.
 */
export interface StartMessage {
  readonly kind: 'start';
  readonly config: Config;
  /** Where relative paths of the config begin. */
  readonly baseDir: string;
}

/** A config that the supervisor has read and found valid. */
export interface ReloadMessage extends Omit<StartMessage, 'kind'> {
  readonly kind: 'reload';
}

/** What a worker tells its supervisor. */
export type FromWorker =
  | { readonly kind: 'ready' }
  /** The config that came with `reload` is in force. */
  | { readonly kind: 'reloaded' }
  | { readonly kind: 'metrics'; readonly question: number; readonly families: readonly MetricFamily[] }
  /** Why it can't start. */
  | { readonly kind: 'problems'; readonly problems: readonly Diagnostic[] }
  /** The connection that was handed over last has arrived. */
  | { readonly kind: 'took' }
  | { readonly kind: 'closed'; readonly ids: readonly number[] }
  /** It was sent a signal to end. */
  | { readonly kind: 'leaving' };
