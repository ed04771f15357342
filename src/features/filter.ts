import type { Exchange } from '../wire/exchange.ts';
import type { HeaderList } from '../wire/header-list.ts';

/**
 * What a feature puts in an exchange's way: made once per route from validated options, and named for logs and traces.
 */
export interface Filter {
  readonly name: string;
  /**
   * Sees the request before the action does.
   * @returns true if it has answered; a promise only where it truly waits for something.
   */
  request?(exchange: Exchange): boolean | Promise<boolean>;
  /** Sees every response head at the door, whoever made it, and may change its headers. Must not throw. */
  response?(exchange: Exchange, status: number, headers: HeaderList): void;
}
