// Results as Markdown: what docs/PERFORMANCE.md holds between its markers.
import { BARS } from '../bars.mjs';

const NAMES = { events: 'event', websocket: 'message' };

/** @param {any} results the stored JSON */
export function renderResults(results) {
  const { machine, runs, versions, scenarios } = results;
  return [
    ...runs.map(
      ({ settings, command, date, revision, scenarios: names }) =>
        `Made on ${date} by \`${command}\`${revision === undefined ? '' : ` at commit \`${revision}\``}: ` +
        `${settings.turns} turns of ${settings.seconds} s after ${settings.warmup} s of warm-up` +
        `${runs.length > 1 ? ` (${names.join(', ')})` : ''}.`,
    ),
    `Machine: ${machine.cores} cores, ${machine.cpu}, ${machine.memory}, ${machine.system}. ` +
      `Versions: ${versions.map(({ label, version }) => `${label} ${version}`).join(', ')}.`,
    ...renderBars(scenarios),
    ...scenarios.flatMap((scenario) => [`### ${scenario.title}`, renderScenario(scenario)]),
  ].join('\n\n');
}

function renderBars(scenarios) {
  const rows = BARS.flatMap((bar) => {
    const figure = bar.figure(scenarios);
    if (figure === undefined) return [];
    const met = figure.median <= bar.bar ? 'yes' : '**no**';
    return [[bar.title, `${show(bar.bar)}${bar.unit}`, `${show(bar.aim)}${bar.unit}`, spread(figure), met]];
  });
  if (rows.length === 0) return [];
  return ['### The bars', table(['', 'at most', 'aim', 'measured', 'met'], rows)];
}

function renderScenario({ kind, entries }) {
  const columns = columnsOf(kind, entries);
  const rows = entries.map((entry) => {
    const name = entry.variant === undefined ? entry.label : `${entry.label}, ${entry.variant}`;
    if (entry.failure !== undefined)
      return [name, `failed: ${firstLine(entry.failure)}`, ...columns.slice(1).map(() => '')];
    return [name, ...columns.map(([, cell]) => cell(entry))];
  });
  return table(['', ...columns.map(([title]) => title)], rows);
}

/** Pairs of a title and what stands below it. */
function columnsOf(kind, entries) {
  const ratio = entries.some((entry) => entry.ratio) ? [['× nginx', (entry) => spread(entry.ratio)]] : [];
  const growth = entries.some((entry) => entry.growth) ? [['× own first', (entry) => spread(entry.growth)]] : [];
  const mebibytes = (title) => [title, (entry) => show(entry.memory.median / 2 ** 20)];
  if (kind === 'idle') {
    return [
      ['KiB per connection', (entry) => spread(entry.perConnection, 1 / 1024)],
      ...ratio,
      mebibytes('MiB in all'),
    ];
  }
  if (kind === 'startup') {
    return [
      ['ms', (entry) => spread(entry.startup)],
      ...ratio,
      ['CPU ms', (entry) => show(entry.startupCpu.median)],
      mebibytes('MiB, peak'),
    ];
  }
  const name = NAMES[kind] ?? 'request';
  return [
    [`CPU µs per ${name}`, (entry) => spread(entry.cpu)],
    ...ratio,
    ...growth,
    [`${name}s/s`, (entry) => spread(entry.rate)],
    ['p50 ms', (entry) => spread(entry.p50)],
    ['p99 ms', (entry) => spread(entry.p99)],
    mebibytes('MiB, peak'),
  ];
}

/** `1.12 (1.08–1.15)`: the median, and the least and the most of the turns. */
function spread(figure, factor = 1) {
  if (figure === undefined) return '';
  const { median, min, max } = figure;
  if (min === max) return show(median * factor);
  return `${show(median * factor)} (${show(min * factor)}–${show(max * factor)})`;
}

/** Three digits, and all of larger numbers. */
function show(value) {
  if (value === 0) return '0';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return Math.abs(value) < 0.1 ? value.toFixed(3) : value.toPrecision(3);
}

function firstLine(text) {
  return text.split('\n', 1)[0].replaceAll('|', '\\|').slice(0, 120);
}

function table(titles, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(titles), line(titles.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
