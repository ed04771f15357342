#!/usr/bin/env node
import { keepCompiledCode } from './compile-cache.ts';

keepCompiledCode();
const { processTerminal, run } = await import('./run.ts');

// Set and not `process.exit`: output that is still under way must arrive.
process.exitCode = await run(process.argv.slice(2), processTerminal());
