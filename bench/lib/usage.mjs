// What a program and its children have used, from /proc.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** A process and all its descendants. */
export function processTree(pid) {
  const pids = [pid];
  for (let i = 0; i < pids.length; i++) {
    const children = read(`/proc/${pids[i]}/task/${pids[i]}/children`);
    for (const child of children.split(' ')) if (child.trim() !== '') pids.push(Number(child));
  }
  return pids;
}

/** CPU seconds (user and system) of a process tree, ended and collected children included. */
export function cpuSeconds(pid) {
  let ticks = 0;
  for (const id of processTree(pid)) {
    // The name is in parentheses and may hold spaces; the state is the first field after it.
    const fields = read(`/proc/${id}/stat`).split(') ').at(-1)?.split(' ') ?? [];
    for (const field of fields.slice(11, 15)) ticks += Number(field);
  }
  return ticks / TICKS_PER_SECOND;
}

/**
 * Memory of a process tree in bytes: `resident` now, `peak` since the start (pages shared between its processes count for
 * each), and `proportional`, in which shared pages count once.
 */
export function memory(pid) {
  const sum = { resident: 0, peak: 0, proportional: 0 };
  for (const id of processTree(pid)) {
    const status = read(`/proc/${id}/status`);
    sum.resident += kibibytes(status, 'VmRSS');
    sum.peak += kibibytes(status, 'VmHWM');
    sum.proportional += kibibytes(read(`/proc/${id}/smaps_rollup`), 'Pss');
  }
  return sum;
}

function kibibytes(text, name) {
  return 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
}

/** A process that is gone has nothing to say. */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
