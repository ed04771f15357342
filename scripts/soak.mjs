// Runs the soak test for as long as one likes: `npm run soak -- --seconds 600`. Default: five minutes.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '300' } } });
if (!/^[1-9]\d*$/.test(values.seconds)) {
  console.error(`--seconds takes a whole number, not "${values.seconds}".`);
  process.exit(2);
}
const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'test/soak'], {
  stdio: 'inherit',
  env: { ...process.env, SOAK_SECONDS: values.seconds },
});
process.exitCode = status ?? 1;
