import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A busy machine is slow, and nothing waits this long when all is well.
    expect: { poll: { timeout: 10_000 } },
    // Two cores are the target machine: more workers only make timings noisy.
    maxWorkers: 2,
  },
});
