// Writes docs/findings: a page for every code, one for every stack, and the index.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';

const folder = new URL('../docs/findings/', import.meta.url);
const source = fileURLToPath(new URL('findings/pages.ts', import.meta.url));
const { findingPages } = await createJiti(import.meta.url).import(source);

// All of them before the old ones go: an error leaves the folder as it was.
const pages = [...findingPages()];
rmSync(folder, { recursive: true, force: true });
mkdirSync(new URL('stacks/', folder), { recursive: true });
for (const [name, text] of pages) writeFileSync(new URL(name, folder), text);
