// What oneorigin wants to reach, as medians. The harness shows it and asserts nothing: figures depend on the machine.
import { ratios } from './lib/compare.mjs';

const OURS = 'oneorigin';

/** An entry of a scenario that didn't fail. */
function entry(scenarios, scenario, proxy, variant) {
  return scenarios
    .find(({ name }) => name === scenario)
    ?.entries.find((one) => one.proxy === proxy && one.failure === undefined && (!variant || one.variant === variant));
}

const toNginx =
  (scenario, proxy = OURS) =>
  (scenarios) =>
    entry(scenarios, scenario, proxy)?.ratio;
const growth = (scenario, variant) => (scenarios) => entry(scenarios, scenario, OURS, variant)?.growth;

/** One figure of ours, turn by turn, against another's. */
const against =
  (scenario, rival, key = 'cpu') =>
  (scenarios) => {
    const turns = (proxy) => entry(scenarios, scenario, proxy)?.[key]?.turns.map((value) => ({ [key]: value }));
    const [ours, theirs] = [turns(OURS), turns(rival)];
    return ours && theirs && ratios(ours, theirs, key);
  };

const scaled = (figure, factor) =>
  figure && { median: figure.median * factor, min: figure.min * factor, max: figure.max * factor };

const NGINX = ' × nginx';

/** @type {readonly { title: string, bar: number, aim: number, unit: string, figure: (scenarios: any[]) => any }[]} */
export const BARS = [
  { title: 'GET under a policy, Node 24: CPU', bar: 1.2, aim: 1, unit: NGINX, figure: toNginx('get-policy') },
  {
    title: 'GET under a policy, Node 20: CPU',
    bar: 1.3,
    aim: 1,
    unit: NGINX,
    figure: toNginx('get-policy', 'oneorigin-node20'),
  },
  { title: 'Preflight: CPU', bar: 1, aim: 0.8, unit: NGINX, figure: toNginx('preflight') },
  { title: 'POST of 10 KiB: CPU', bar: 1.2, aim: 1, unit: NGINX, figure: toNginx('post-10k') },
  { title: 'Response of 1 MiB: CPU', bar: 1, aim: 0.8, unit: NGINX, figure: toNginx('body-1m') },
  ...[
    ['http-proxy', 'http-proxy'],
    ['fastify-http-proxy', '@fastify/http-proxy'],
    ['http-proxy-middleware', 'http-proxy-middleware'],
    ['caddy', 'Caddy'],
  ].map(([name, label]) => ({
    title: `GET under a policy, against ${label}: CPU`,
    bar: 1 / 3,
    aim: 0.25,
    unit: ` × ${label}`,
    figure: against('get-policy', name),
  })),
  {
    title: 'GET under a policy, 64 connections: p99',
    bar: 1.5,
    aim: 1,
    unit: NGINX,
    figure: against('get-policy', 'nginx', 'p99'),
  },
  {
    title: '10,000 routes: CPU',
    bar: 1.05,
    aim: 1,
    unit: ' × one route',
    figure: growth('routes', '10,000 routes'),
  },
  {
    title: '10,000 origins: CPU',
    bar: 1.05,
    aim: 1,
    unit: ' × one origin',
    figure: growth('origins', '10,000 origins'),
  },
  {
    title: 'Idle connection: resident memory',
    bar: 10,
    aim: 5,
    unit: ' KiB',
    figure: (scenarios) => scaled(entry(scenarios, 'idle', OURS)?.perConnection, 1 / 1024),
  },
  {
    title: 'Cold start to the first answer',
    bar: 250,
    aim: 120,
    unit: ' ms',
    figure: (scenarios) => entry(scenarios, 'startup', OURS)?.startup,
  },
];
