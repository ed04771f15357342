import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';
import { describe, expect, it } from 'vitest';

const ENTRY = 'virtual:entry';
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Minified bytes of what a bundler makes of `export { name } from file`. */
async function weigh(name: string, file: string, external: string[] = []): Promise<number> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      rollupOptions: {
        input: ENTRY,
        external,
        preserveEntrySignatures: 'strict',
        treeshake: { moduleSideEffects: false },
        output: { format: 'es' },
      },
    },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === ENTRY ? ENTRY : null),
        load: (id) => (id === ENTRY ? `export ${name} from ${JSON.stringify(here(file))};` : null),
      },
    ],
  });
  const [bundle] = [result].flat() as Rolldown.RolldownOutput[];
  return bundle?.output[0].code.length ?? Number.POSITIVE_INFINITY;
}

describe('the weight of the core in a bundle', () => {
  it('of deciding alone is next to nothing', async () => {
    expect(await weigh('{ decide }', './decide.ts')).toBeLessThan(6_000);
  });

  // A good third of it is what consoles print.
  it("of the browser's model doesn't include the public suffix list", async () => {
    expect(await weigh('{ simulateRequest }', './index.ts')).toBeLessThan(48_000);
  });

  it('of everything but the public suffix list stays small', async () => {
    expect(await weigh('*', './index.ts', ['tldts'])).toBeLessThan(108_000);
  });
});
