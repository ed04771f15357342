// Compares the browser model with recorded verdicts of real browsers: npm run verdicts -- DIR [--engine NAME]
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';

const report = fileURLToPath(new URL('../test/conformance/verdicts/report.ts', import.meta.url));
const { runVerdicts } = await createJiti(import.meta.url).import(report);
process.exitCode = runVerdicts(process.argv.slice(2), console.log);
