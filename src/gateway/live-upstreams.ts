import type { UpstreamModel } from '../config/model.ts';
import type { UpstreamListener } from '../upstream/events.ts';
import { Upstream } from '../upstream/upstream.ts';
import type { TimerWheel } from '../wire/timer-wheel.ts';

/**
 * The upstreams of one configuration. Those that a reload leaves as they are, are taken over from the one before, with
 * their connections and whatever else they know.
 */
export class LiveUpstreams {
  private readonly wheel: TimerWheel;
  private readonly listener: UpstreamListener | undefined;
  private readonly byModel = new Map<UpstreamModel, Upstream>();
  private readonly before: ReadonlyMap<string, Upstream>;

  /** @param listener is told what becomes of them */
  constructor(
    wheel: TimerWheel,
    { listener, previous }: { listener?: UpstreamListener | undefined; previous?: LiveUpstreams | undefined },
  ) {
    this.wheel = wheel;
    this.listener = listener;
    this.before = new Map(previous?.all.map((upstream) => [JSON.stringify(upstream.model), upstream]));
  }

  get all(): readonly Upstream[] {
    return [...this.byModel.values()];
  }

  /** The one that is described so. */
  of(model: UpstreamModel): Upstream {
    const known = this.byModel.get(model);
    if (known !== undefined) return known;
    // A model is plain data: what is written alike is alike.
    const upstream = this.before.get(JSON.stringify(model)) ?? new Upstream(model, this.wheel, this.listener);
    this.byModel.set(model, upstream);
    return upstream;
  }

  /** Begins what goes on beside requests: health checks, questions to DNS. Harmless when called again. */
  start(): void {
    for (const upstream of this.all) upstream.start();
  }

  /** Those that the other configuration hasn't got. */
  without(other: LiveUpstreams): readonly Upstream[] {
    const kept = new Set(other.all);
    return this.all.filter((upstream) => !kept.has(upstream));
  }
}
