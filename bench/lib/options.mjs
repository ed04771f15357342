// The command line.
import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run bench -- [options]

  --scenario a,b     only these (--list names them)
  --proxy x,y        only these
  --turns N          turns per proxy and scenario (default: 5)
  --seconds S        of load per turn (default: 4)
  --warmup S         of load before it (default: 2)
  --against NAME=DIR another working tree of oneorigin that takes turns too; again for more
  --out DIR          where the results go (default: bench/out, or for a complete run bench/results and the docs)
  --publish          with --scenario: their figures take the place of the older ones in bench/results and the docs
                     (all proxies, five turns at the least)
  --smoke            a few scenarios, once and briefly: whether everything answers, not how fast
  --render           only write the docs' tables from bench/results again
  --list             name scenarios and proxies`;

const SMOKE = {
  scenario: ['get-policy', 'preflight', 'post-10k', 'body-1m', 'chunked', 'file-4k', 'events', 'websocket'],
  proxy: ['nginx', 'oneorigin', 'http-proxy'],
  turns: 1,
  seconds: 1,
  warmup: 0,
};

/** @throws {Error} if something is misspelt */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      scenario: { type: 'string' },
      proxy: { type: 'string' },
      turns: { type: 'string' },
      seconds: { type: 'string' },
      warmup: { type: 'string' },
      against: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
      smoke: { type: 'boolean', default: false },
      publish: { type: 'boolean', default: false },
      render: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const preset = values.smoke ? SMOKE : { turns: 5, seconds: 4, warmup: 2 };
  const { smoke, publish, render, list, help, out } = values;
  return {
    smoke,
    publish,
    render,
    list,
    help,
    out,
    scenarios: listOf(values.scenario) ?? preset.scenario,
    proxies: listOf(values.proxy) ?? preset.proxy,
    turns: numberOf('turns', values.turns, 1) ?? preset.turns,
    seconds: numberOf('seconds', values.seconds, 1) ?? preset.seconds,
    warmup: numberOf('warmup', values.warmup, 0) ?? preset.warmup,
    against: values.against.map(treeOf),
  };
}

function listOf(text) {
  return text
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function numberOf(name, text, least) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new Error(`--${name} takes a whole number from ${least} on.`);
  return value;
}

function treeOf(text) {
  const [name, root] = text.split('=');
  if (!root || !/^[a-z][a-z0-9-]*$/.test(name)) throw new Error('--against takes NAME=DIR.');
  return { name, root };
}

/** The chosen ones of those there are; all, if none was chosen. */
export function choose(what, all, names) {
  if (names === undefined) return all;
  for (const name of names) {
    if (!all.some((one) => one.name === name)) {
      throw new Error(`There is no ${what} ${name}; there are ${all.map((one) => one.name).join(', ')}.`);
    }
  }
  return all.filter(({ name }) => names.includes(name));
}
