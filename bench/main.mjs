// oneorigin beside other proxies, in turns in one run. `--help` says how.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFileSync } from 'node:child_process';
import { startNginxBackend, writeFiles } from './backends/nginx.mjs';
import { summariseScenario } from './lib/compare.mjs';
import { chooseCores, moveTo } from './lib/cores.mjs';
import { describeMachine, versionOf } from './lib/machine.mjs';
import { choose, readOptions, USAGE } from './lib/options.mjs';
import { buildProduct, installRivals, installTools, nodeBinary, revision } from './lib/prepare.mjs';
import { start } from './lib/programs.mjs';
import { publish, renderDocs, store } from './lib/publish.mjs';
import { renderResults } from './lib/render.mjs';
import { freePort, takeTurn } from './lib/turn.mjs';
import { untilAnswered } from './lib/wait.mjs';
import { allProxies } from './proxies/index.mjs';
import { SCENARIOS } from './scenarios.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));

async function main() {
  // Debian keeps daemons where a plain user's PATH doesn't look.
  process.env.PATH += ':/usr/local/sbin:/usr/sbin:/sbin';
  const options = readOptions(process.argv.slice(2));
  if (options.help) return console.log(USAGE);
  if (options.render) return renderDocs();

  const scenarios = choose('scenario', SCENARIOS, options.scenarios);
  const folder = mkdtempSync(join(tmpdir(), 'oneorigin-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  // nginx's worker may be another user.
  chmodSync(folder, 0o755);
  await installRivals();
  const products = await prepareProducts(folder, options);
  const chosen = options.proxies && [...options.proxies, ...options.against.map(({ name }) => name)];
  const proxies = choose('proxy', allProxies(products), chosen);
  if (options.list) {
    for (const { name, title } of scenarios) console.log(`${name.padEnd(24)}${title}`);
    return console.log(`\nProxies: ${proxies.map(({ name }) => name).join(', ')}`);
  }
  const programs = proxies.map(({ name }) => name).filter((name) => name === 'haproxy' || name === 'caddy');
  await installTools(['nginx', 'wrk', 'taskset', 'prlimit', ...programs]);

  const bench = await prepareBench(folder, options);
  const measured = [];
  for (const scenario of scenarios) measured.push(await runScenario(bench, scenario, proxies, options));
  const run = {
    date: new Date().toISOString().slice(0, 10),
    command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' '),
    revision: await revision(),
    settings: { turns: options.turns, seconds: options.seconds, warmup: options.warmup },
    scenarios: measured.map(({ name }) => name),
  };
  const results = {
    runs: [run],
    machine: describeMachine(),
    versions: proxies.map((proxy) => ({ label: proxy.label, version: versionOf(proxy) })),
    scenarios: measured,
  };
  await hand(results, options);
  process.exitCode = reportFailures(measured) > 0 ? 1 : 0;
}

async function prepareProducts(folder, { against }) {
  const trees = [{ name: 'oneorigin', root: undefined }, ...against];
  const products = [];
  for (const { name, root } of trees) {
    products.push({ name, folder: await buildProduct(join(folder, `product-${name}`), root) });
  }
  return { node20: nodeBinary(20), node24: nodeBinary(24), products };
}

async function prepareBench(folder, { smoke, seconds, warmup }) {
  const cores = chooseCores();
  if (cores === undefined && !smoke) throw new Error('Figures take two cores: one for the proxy, one for the load.');
  if (cores !== undefined) moveTo(cores.load);
  const descriptors = Math.min(Number(execFileSync('bash', ['-c', 'ulimit -Hn | sed s/unlimited/65536/'])), 65_536);
  const files = join(folder, 'files');
  writeFiles(files);
  const ports = { nginx: await freePort(), node: await freePort() };
  const node = start([process.execPath, join(HERE, 'backends/node.mjs'), String(ports.node)], { descriptors });
  await untilAnswered(node, ports.node, '/api/echo');
  await startNginxBackend({ port: ports.nginx, nodePort: ports.node, folder, files, descriptors });
  return { folder, files, backends: ports, cores, descriptors, seconds, warmup };
}

/** Turns A B C … A B C …, so that a drift of the machine meets all alike. */
async function runScenario(bench, scenario, proxies, { turns }) {
  console.error(`\n${scenario.title}`);
  const able = proxies.filter(
    ({ name, can, ours }) =>
      (can.includes(scenario.needs) || can.includes(scenario.name)) &&
      (ours || (scenario.only?.includes(name) ?? true)),
  );
  const entries = scenario.variants.flatMap((variant) =>
    able.map((proxy) => ({
      proxy: proxy.name,
      label: proxy.label,
      variant: variant.name,
      turns: [],
      failure: undefined,
      take: () => takeTurn(bench, scenario, variant, proxy),
    })),
  );
  for (let turn = 1; turn <= turns; turn++) {
    for (const entry of entries) {
      if (entry.failure !== undefined) continue;
      const name = `${entry.label}${entry.variant === undefined ? '' : `, ${entry.variant}`}`;
      try {
        const figures = await entry.take();
        entry.turns.push(figures);
        console.error(`  ${turn}/${turns} ${name.padEnd(36)} ${shown(figures)}`);
      } catch (error) {
        entry.failure = withoutPlaces(error.message, bench.folder);
        console.error(`  ${turn}/${turns} ${name.padEnd(36)} FAILED: ${entry.failure}`);
      }
    }
  }
  return summariseScenario(scenario, entries);
}

function reportFailures(measured) {
  let count = 0;
  for (const { name, entries } of measured) {
    for (const { label, variant, failure } of entries) {
      if (failure === undefined) continue;
      count++;
      console.error(`FAILED ${name}: ${label}${variant === undefined ? '' : `, ${variant}`}: ${failure}`);
    }
  }
  return count;
}

function shown(figures) {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
    .join('  ');
}

/** Results are published: where they were made is nobody's business. */
function withoutPlaces(message, folder) {
  return message.replaceAll(folder, '…').replaceAll(dirname(HERE), '…');
}

async function hand(results, { smoke, out, scenarios, proxies, against, turns, publish: asked }) {
  if (smoke) return;
  console.log(renderResults(results));
  const whole = proxies === undefined && against.length === 0 && turns >= 5 && out === undefined;
  if (whole && (asked || scenarios === undefined)) {
    await publish(
      results,
      SCENARIOS.map(({ name }) => name),
    );
  } else store(results, out ?? join(HERE, 'out'));
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
// What still runs is stopped on exit.
process.exit();
