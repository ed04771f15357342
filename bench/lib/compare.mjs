// From the figures of each turn to medians with their spread.
import { summarise } from './statistics.mjs';

/** What a proxy is compared in: CPU, or what stands for it. */
export const COMPARED = { http: 'cpu', events: 'cpu', websocket: 'cpu', idle: 'perConnection', startup: 'startup' };

/**
 * The summary of a scenario.
 * @param {import('../scenarios.mjs').Scenario} scenario
 * @param {readonly { proxy: string, label: string, variant?: string, turns: Record<string, number>[], failure?: string }[]} entries
 */
export function summariseScenario({ name, title, kind }, entries) {
  const metric = COMPARED[kind];
  const variants = [...new Set(entries.map(({ variant }) => variant))];
  const find = (proxy, variant) => entries.find((entry) => entry.proxy === proxy && entry.variant === variant);
  return {
    name,
    title,
    kind,
    entries: entries.map((entry) => {
      const { proxy, label, variant, turns, failure } = entry;
      const head = { proxy, label, ...(variant === undefined ? {} : { variant }) };
      if (failure !== undefined || turns.length === 0) return { ...head, failure: failure ?? 'no turn' };
      const figures = Object.fromEntries(
        Object.keys(turns[0]).map((key) => [key, summarised(turns.map((turn) => turn[key]))]),
      );
      const ratio = ratios(turns, find('nginx', variant)?.turns, metric);
      const growth = variants.length > 1 ? ratios(turns, find(proxy, variants[0])?.turns, metric) : undefined;
      return { ...head, ...figures, ...(ratio && { ratio }), ...(growth && { growth }) };
    }),
  };
}

/** Each turn against the other's same turn, so that a drift of the machine meets both. */
export function ratios(turns, others, metric) {
  if (others === undefined || others.length !== turns.length || others.some((other) => !(other[metric] > 0))) {
    return undefined;
  }
  return summarised(turns.map((turn, i) => turn[metric] / others[i][metric]));
}

function summarised(values) {
  const rounded = values.map(round);
  const { median, min, max } = summarise(rounded);
  return { median: round(median), min, max, turns: rounded };
}

/** Four digits say all that there is. */
function round(value) {
  return Number(value.toPrecision(4));
}
