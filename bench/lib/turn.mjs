// One turn: a proxy is started, looked at, warmed up, measured and stopped.
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { start } from './programs.mjs';
import { cpuSeconds, memory } from './usage.mjs';
import { echoPath, verify } from './verify.mjs';
import { sleep, untilAnswered } from './wait.mjs';
import { runWrk } from './wrk.mjs';

/**
 * What all turns share.
 * @typedef {object} Bench
 * @property {string} folder
 * @property {string} files
 * @property {{ nginx: number, node: number }} backends their ports
 * @property {{ proxy: number, load: number } | undefined} cores
 * @property {number} descriptors
 * @property {number} seconds
 * @property {number} warmup seconds
 */

/**
 * @param {Bench} bench
 * @param {import('../scenarios.mjs').Scenario} scenario
 * @param {import('../scenarios.mjs').Variant} variant
 * @param {import('../proxies/index.mjs').Proxy} proxy
 * @returns {Promise<Record<string, number>>} the figures of this turn
 */
export async function takeTurn(bench, scenario, variant, proxy) {
  const port = await freePort();
  const { withFiles, ...own } = variant.setup ?? {};
  const setup = {
    port,
    backendPort: bench.backends[scenario.backend ?? 'nginx'],
    folder: bench.folder,
    routes: 0,
    events: false,
    log: false,
    workers: 1,
    connections: connectionsOf(scenario),
    ...own,
    ...(withFiles ? { files: bench.files } : {}),
  };
  const command = proxy.command(setup);
  const core = scenario.cores === 2 ? bench.cores && `${bench.cores.proxy},${bench.cores.load}` : bench.cores?.proxy;
  const startedAt = performance.now();
  const program = start(command, { core, descriptors: bench.descriptors });
  try {
    await untilAnswered(program, port, withFiles ? variant.load.paths[0] : echoPath(variant.load));
    const startup = performance.now() - startedAt;
    const startupCpu = cpuSeconds(program.pid) * 1000;
    await verify(port, variant, {
      forwards: proxy.can.includes('proxy'),
      reusesConnections: scenario.kind !== 'startup',
    });
    if (scenario.kind === 'startup') return { startup, startupCpu, memory: memory(program.pid).peak };
    const figures = await MEASURES[scenario.kind](bench, scenario, variant, { port, program });
    if (program.ended()) throw new Error(`it ended under load: ${program.output()}`);
    return { ...figures, startup };
  } finally {
    await program.stop();
  }
}

/** Clients have a second connection each, to the backend, unless they're idle. */
function connectionsOf({ kind, clients = 0 }) {
  return 1024 + clients * (kind === 'idle' ? 1 : 2);
}

const MEASURES = { http: measureHttp, events: measureMessages, websocket: measureMessages, idle: measureIdle };

async function measureHttp({ seconds, warmup, folder }, _scenario, { load }, { port, program }) {
  if (warmup > 0) await runWrk(load, { port, seconds: warmup, folder });
  const before = cpuSeconds(program.pid);
  const { requests, rps, p50, p99, errors } = await runWrk(load, { port, seconds, folder });
  const cpu = cpuSeconds(program.pid) - before;
  if (errors > 0) throw new Error(`${errors} of ${requests} requests failed`);
  if (requests === 0) throw new Error('no request was answered');
  return { cpu: (cpu / requests) * 1e6, rate: rps, p50, p99, memory: memory(program.pid).peak };
}

async function measureMessages({ seconds, warmup }, { kind, clients }, { load }, { port, program }) {
  const client = startClient(kind === 'events' ? 'events' : 'sockets', { port, clients, load });
  try {
    await client.answer(60_000);
    await sleep(warmup * 1000);
    const before = cpuSeconds(program.pid);
    client.say(`go ${seconds}`);
    const { messages, seconds: took, p50, p99, errors } = await client.answer((seconds + 30) * 1000);
    const cpu = cpuSeconds(program.pid) - before;
    if (errors > 0) throw new Error(`${errors} connections or messages failed`);
    if (messages === 0) throw new Error('no message arrived');
    return { cpu: (cpu / messages) * 1e6, rate: messages / took, p50, p99, memory: memory(program.pid).peak };
  } finally {
    await client.stop();
  }
}

async function measureIdle({ warmup, folder, descriptors }, { clients }, { load }, { port, program }) {
  // What is allocated once, and not per connection, is there before.
  await runWrk(load, { port, seconds: Math.max(1, warmup), folder });
  await sleep(1000);
  const before = memory(program.pid).resident;
  const client = startClient('idle', { port, clients, load }, descriptors);
  try {
    await client.answer(60_000);
    await sleep(2000);
    const after = memory(program.pid).resident;
    client.say('?');
    const { closed } = await client.answer(10_000);
    if (closed > 0) throw new Error(`${closed} of ${clients} connections were closed`);
    return { perConnection: (after - before) / clients, memory: after };
  } finally {
    await client.stop();
  }
}

function startClient(name, { port, clients, load }, descriptors) {
  const program = fileURLToPath(new URL(`../clients/${name}.mjs`, import.meta.url));
  const options = { port, path: load.paths[0], headers: load.headers, clients };
  return start([process.execPath, program, JSON.stringify(options)], { talks: true, descriptors });
}

// Below the range that the system takes clients' ports from: nobody else gets it between here and its use.
let nextPort = 21_000 + (process.pid % 4000);

/** A port that nobody has. Each start gets another, so that closed connections of the one before are no matter. */
export async function freePort() {
  for (;;) {
    const port = nextPort++;
    if (nextPort > 32_000) nextPort = 21_000;
    const server = createServer();
    const free = await new Promise((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    await new Promise((resolve) => {
      server.close(resolve);
    });
    if (free) return port;
  }
}
