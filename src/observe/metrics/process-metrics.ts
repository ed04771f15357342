import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay, performance, type IntervalHistogram } from 'node:perf_hooks';
import type { Labels, MetricFamily } from './families.ts';

/** Figures of this process, by the names that Prometheus' own libraries give them. */
export class ProcessMetrics {
  /** It costs a timer: there is none before somebody asks. */
  private delay: IntervalHistogram | undefined = undefined;

  /** @param labels which process it is, where there are several */
  families(labels: Labels = {}): MetricFamily[] {
    const one = (name: string, help: string, value: number, type: 'counter' | 'gauge' = 'gauge'): MetricFamily => ({
      name,
      help,
      type,
      series: [{ labels, value }],
    });
    const open = descriptors();
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed, heapTotal } = process.memoryUsage();
    const lag = (this.delay?.max ?? 0) / 1e9;
    if (this.delay === undefined) {
      this.delay = monitorEventLoopDelay({ resolution: 20 });
      this.delay.enable();
    } else {
      this.delay.reset();
    }
    return [
      one('process_cpu_seconds_total', 'CPU time, user and system.', (user + system) / 1e6, 'counter'),
      one('process_resident_memory_bytes', 'Resident memory.', rss),
      one('nodejs_heap_size_used_bytes', 'Heap in use.', heapUsed),
      one('nodejs_heap_size_total_bytes', 'Heap.', heapTotal),
      one('process_start_time_seconds', 'When the process began, in Unix time.', performance.timeOrigin / 1000),
      ...(open === undefined ? [] : [one('process_open_fds', 'Open file descriptors.', open)]),
      one('nodejs_eventloop_lag_max_seconds', 'The longest delay of the event loop since it was last asked for.', lag),
    ];
  }

  close(): void {
    this.delay?.disable();
  }
}

function descriptors(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    // Without /proc.
    return undefined;
  }
}
