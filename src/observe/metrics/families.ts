/** Labels of one series, in the order in which they're shown. */
export type Labels = Readonly<Record<string, string>>;

/** A series that is one number. */
export interface NumberSeries {
  readonly labels: Labels;
  readonly value: number;
}

/** A series that sorts what it saw into buckets. */
export interface HistogramSeries {
  readonly labels: Labels;
  /** How many were at most as large as each bound, and larger than the one before; one more for what is larger than all. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Everything of one name: plain data, so that one process can tell another. */
export type MetricFamily =
  | {
      readonly name: string;
      readonly help: string;
      readonly type: 'counter' | 'gauge';
      readonly series: readonly NumberSeries[];
    }
  | {
      readonly name: string;
      readonly help: string;
      readonly type: 'histogram';
      readonly bounds: readonly number[];
      readonly series: readonly HistogramSeries[];
    };

/** What several processes counted, as if one had: series of the same labels are added up. */
export function mergeFamilies(all: readonly (readonly MetricFamily[])[]): MetricFamily[] {
  const merged = new Map<string, MetricFamily>();
  for (const family of all.flat()) {
    const known = merged.get(family.name);
    merged.set(family.name, known === undefined ? family : mergeTwo(known, family));
  }
  return [...merged.values()];
}

function mergeTwo(one: MetricFamily, other: MetricFamily): MetricFamily {
  if (one.type === 'histogram' && other.type === 'histogram') {
    return { ...one, series: mergeSeries([...one.series, ...other.series], addHistograms) };
  }
  if (one.type === 'histogram' || other.type === 'histogram') return one;
  return { ...one, series: mergeSeries([...one.series, ...other.series], addNumbers) };
}

function mergeSeries<Series extends { readonly labels: Labels }>(
  series: readonly Series[],
  add: (one: Series, other: Series) => Series,
): Series[] {
  const merged = new Map<string, Series>();
  for (const one of series) {
    const key = JSON.stringify(one.labels);
    const known = merged.get(key);
    merged.set(key, known === undefined ? one : add(known, one));
  }
  return [...merged.values()];
}

function addNumbers(one: NumberSeries, other: NumberSeries): NumberSeries {
  return { labels: one.labels, value: one.value + other.value };
}

function addHistograms(one: HistogramSeries, other: HistogramSeries): HistogramSeries {
  const counts = one.counts.map((count, index) => count + (other.counts[index] ?? 0));
  return { labels: one.labels, counts, sum: one.sum + other.sum };
}
