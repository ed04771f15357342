// The machine in general terms, and the versions of what runs on it.
import { readFileSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';
import { spawnSync } from 'node:child_process';

/** What figures depend on, and nothing that names the machine. */
export function describeMachine() {
  const model = cpus()[0]?.model.replace(/\s+/g, ' ').trim() ?? 'unknown';
  const [major, minor] = release().split('.');
  return {
    cpu: `${model} (${arch()})`,
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${distribution()}, Linux ${major}.${minor}`,
  };
}

function distribution() {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux';
  } catch {
    return 'Linux';
  }
}

/** A proxy's version, which some only tell on standard error. */
export function versionOf({ version }) {
  if (typeof version === 'string') return version;
  const { stdout, stderr } = spawnSync(version.command[0], version.command.slice(1), { encoding: 'utf8' });
  return `${version.prefix ?? ''}${version.pattern.exec(`${stdout}${stderr}`)?.[1] ?? 'unknown'}`;
}
