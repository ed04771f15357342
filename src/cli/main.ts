#!/usr/bin/env node
import { run } from './run.ts';
import { processTerminal } from './terminal.ts';

// Set and not `process.exit`: output that is still under way must arrive.
process.exitCode = await run(process.argv.slice(2), processTerminal());
