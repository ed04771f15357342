// Load by wrk, whose script says what each request is and what came of them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './programs.mjs';

/**
 * @typedef {object} Load
 * @property {number} [connections]
 * @property {string} [method]
 * @property {Readonly<Record<string, string>>} headers
 * @property {string} [body]
 * @property {readonly string[]} paths asked for in turns
 * @property {readonly string[]} [origins] sent in turns
 */

/**
 * Runs wrk for some seconds.
 * @param {Load} load
 * @returns {Promise<{ requests: number, rps: number, p50: number, p99: number, errors: number }>} latencies in ms
 */
export async function runWrk(load, { port, seconds, folder }) {
  const script = join(folder, 'load.lua');
  writeFileSync(script, luaOf(load));
  const connections = load.connections ?? 64;
  const command = ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '--latency', '-s', script];
  const output = await run([...command, `http://127.0.0.1:${port}${load.paths[0]}`], {
    timeout: (seconds + 20) * 1000,
  });
  const line = /^result (.*)$/m.exec(output)?.[1];
  if (line === undefined) throw new Error(`wrk gave no result: ${output}`);
  const result = JSON.parse(line);
  return { ...result, rps: (result.requests / result.microseconds) * 1e6 };
}

function luaOf({ method = 'GET', headers, body, paths, origins }) {
  const lines = [`wrk.method = ${quote(method)}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`wrk.headers[${quote(name)}] = ${quote(value)}`);
  if (body !== undefined) lines.push(`wrk.body = ${quote(body)}`);
  const count = Math.max(paths.length, origins?.length ?? 0);
  if (count > 1) {
    const requests = Array.from({ length: count }, (_, i) => {
      const origin = origins === undefined ? '' : `wrk.headers["Origin"] = ${quote(origins[i % origins.length])} `;
      return `  ${origin}requests[${i + 1}] = wrk.format(nil, ${quote(paths[i % paths.length])})`;
    });
    // Lua's functions hold few constants: the requests are made in several.
    lines.push('local requests = {}', 'local turn = 0', 'local makers = {}');
    for (let i = 0; i < requests.length; i += 100) {
      lines.push(`makers[#makers + 1] = function()`, ...requests.slice(i, i + 100), 'end');
    }
    lines.push(
      'function init(args)',
      '  for _, make in ipairs(makers) do make() end',
      'end',
      'function request()',
      '  turn = turn % #requests + 1',
      '  return requests[turn]',
      'end',
    );
  }
  lines.push(
    'function done(summary, latency)',
    '  local e = summary.errors',
    '  io.write(string.format(',
    `    'result {"requests":%d,"microseconds":%d,"errors":%d,"p50":%.3f,"p99":%.3f}\\n',`,
    '    summary.requests, summary.duration, e.connect + e.read + e.write + e.status + e.timeout,',
    '    latency:percentile(50) / 1000, latency:percentile(99) / 1000))',
    'end',
  );
  return lines.join('\n');
}

function quote(text) {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
