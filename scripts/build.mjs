// Builds dist/ from src/. A fresh folder each time, so that no file of a removed source stays behind; put in place at the
// end, so that a build that fails changes nothing and one that runs beside a program hardly disturbs it.
import { chmodSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { spawnSync } from 'node:child_process';
import { bundleCli } from './bundle.mjs';

const fresh = resolve(`dist.${process.pid}`);
try {
  const args = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', fresh];
  const tsc = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (tsc.status === 0) {
    await bundleCli(fresh);
    chmodSync(`${fresh}/cli/main.js`, 0o755);
    rmSync('dist', { recursive: true, force: true });
    renameSync(fresh, 'dist');
  }
  process.exitCode = tsc.status ?? 1;
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
