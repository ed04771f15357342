// Which core runs the proxy under test, and which the load and the backend.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Two cores that don't share a physical one, if there's a choice.
 * @returns {{ proxy: number, load: number } | undefined} undefined: there's only one
 */
export function chooseCores() {
  const allowed = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  const [proxy, ...others] = expandList(allowed);
  if (proxy === undefined || others.length === 0) return undefined;
  const siblings = expandList(siblingsOf(proxy));
  return { proxy, load: others.find((core) => !siblings.includes(core)) ?? others[0] };
}

/** Puts this process on a core; what it starts from now on inherits it. */
export function moveTo(core) {
  execFileSync('taskset', ['-a', '-c', '-p', String(core), String(process.pid)], { stdio: 'ignore' });
}

/** `0-2,5` → [0, 1, 2, 5]. */
function expandList(text) {
  return text
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [from, to = from] = part.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    });
}

function siblingsOf(core) {
  try {
    return readFileSync(`/sys/devices/system/cpu/cpu${core}/topology/thread_siblings_list`, 'utf8').trim();
  } catch {
    return String(core);
  }
}
