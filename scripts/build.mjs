// Builds dist/ from src/. A fresh folder each time, so that no file of a removed source stays behind; put in place at the
// end, so that a build that fails changes nothing and one that runs beside a program hardly disturbs it.
import { chmodSync, renameSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

const fresh = `dist.${process.pid}`;
const args = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', fresh];
const tsc = spawnSync(process.execPath, args, { stdio: 'inherit' });
if (tsc.status === 0) {
  chmodSync(`${fresh}/cli/main.js`, 0o755);
  rmSync('dist', { recursive: true, force: true });
  renameSync(fresh, 'dist');
} else {
  rmSync(fresh, { recursive: true, force: true });
  process.exitCode = tsc.status ?? 1;
}
