import { performance } from 'node:perf_hooks';
import type { RemoteKeysModel } from '../../../config/model.ts';
import { ask, type Answer } from '../../../upstream/ask.ts';
import type { Upstream } from '../../../upstream/upstream.ts';
import type { TimerWheel } from '../../../wire/timer-wheel.ts';
import type { KeySet, KeySource } from './key-source.ts';
import { readJwks } from './read-jwks.ts';

/** Most bytes of a JWK Set: some hold certificates, and all are small. */
const MAX_SIZE = 256 * 1024;
/** Milliseconds after a first failure, before the issuer is asked again; twice as long after each further one. */
const FIRST_PAUSE = 1000;

/** What fetching keys needs. */
export interface RemoteKeysParts {
  readonly upstream: Upstream;
  readonly wheel: TimerWheel;
  /** Writes to the log when the issuer can't be asked any more, and when it can again. */
  readonly note: (level: 'info' | 'warning', message: string) => void;
  /** Milliseconds on a clock that never goes back. Default: the process's. */
  readonly now?: () => number;
}

/** An issuer's keys: fetched when they're first needed, and again before they're old; kept while it can't be asked. */
export class RemoteKeys implements KeySource {
  private readonly model: RemoteKeysModel;
  private readonly parts: RemoteKeysParts;
  private readonly now: () => number;
  private held: { readonly set: KeySet; readonly text: string } | undefined = undefined;
  /** When the issuer last said `held`. */
  private heldAt = 0;
  private fetching: Promise<void> | undefined = undefined;
  private askedAt = Number.NEGATIVE_INFINITY;
  /** Fetches in a row that failed. */
  private failures = 0;
  failure = '';

  constructor(model: RemoteKeysModel, parts: RemoteKeysParts) {
    this.model = model;
    this.parts = parts;
    this.now = parts.now ?? (() => performance.now());
  }

  get current(): KeySet | undefined {
    const { held, model } = this;
    if (held === undefined) return undefined;
    const age = this.now() - this.heldAt;
    // Beside the requests: whoever asks now has the keys that there are.
    if (age >= model.refresh) void this.fetchIfDue();
    return age < model.keep ? held.set : undefined;
  }

  keys(): KeySet | Promise<KeySet | undefined> | undefined {
    return this.current ?? this.fetchIfDue()?.then(() => this.current);
  }

  async newerThan(set: KeySet): Promise<KeySet | 'none' | 'unavailable'> {
    // Strangers choose the names of keys: they can't have the issuer asked more often than this.
    const rests = this.now() - this.askedAt < this.model.cooldown;
    if (this.held?.set === set && (this.fetching !== undefined || !rests)) await this.fetch();
    const { current } = this;
    if (current !== undefined && current !== set) return current;
    return this.failures > 0 ? 'unavailable' : 'none';
  }

  /** Asks, unless the issuer has just failed. */
  private fetchIfDue(): Promise<void> | undefined {
    const pause = this.failures === 0 ? 0 : Math.min(FIRST_PAUSE * 2 ** (this.failures - 1), this.model.cooldown);
    return this.fetching === undefined && this.now() - this.askedAt < pause ? undefined : this.fetch();
  }

  /** Asks, or waits for what has been asked. */
  private fetch(): Promise<void> {
    return (this.fetching ??= this.ask().finally(() => {
      this.fetching = undefined;
    }));
  }

  private async ask(): Promise<void> {
    const {
      path,
      upstream: { timeouts },
    } = this.model;
    const { upstream, wheel } = this.parts;
    this.askedAt = this.now();
    const question = { path, accept: 'application/jwk-set+json, application/json', maxBody: MAX_SIZE };
    try {
      this.take(await ask(question, { upstream, wheel, timeout: timeouts.total }));
    } catch (error) {
      // Nobody may be waiting for it, and a rejection that nobody sees ends the process.
      this.fails(String(error));
    }
  }

  private take(answer: Answer): void {
    if ('failure' in answer) return this.fails(`${answer.failure} (${answer.detail})`);
    if (answer.status !== 200) return this.fails(`it answers ${answer.status}`);
    const text = answer.body.toString('utf8');
    if (text !== this.held?.text) {
      const keys = readJwks(text);
      if (typeof keys === 'string') return this.fails(keys);
      this.held = { set: { keys }, text };
    }
    this.heldAt = this.now();
    if (this.failures > 0) this.parts.note('info', `${this.model.url} can be asked for keys again`);
    this.failures = 0;
    this.failure = '';
  }

  private fails(reason: string): void {
    this.failure = reason;
    // Told once, and not at each attempt.
    if (this.failures++ > 0) return;
    const left = this.held === undefined ? 0 : this.model.keep - (this.now() - this.heldAt);
    const rest =
      left > 0 ? `those that were fetched last are used for ${Math.round(left / 1000)} s more` : 'there are none';
    this.parts.note('warning', `${this.model.url} can't be asked for keys: ${reason}; ${rest}`);
  }
}
