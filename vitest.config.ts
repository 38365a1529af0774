import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/setup/global.ts'],
    reporters: ['default', './test/setup/closing-line-reporter.ts'],
    pool: 'forks',
    // Half of the time is waiting: for replies, leases, browsers.
    maxWorkers: 4,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: { provider: 'v8', include: ['src/**'], exclude: ['**/*.test.ts'] },
    // Beside the code; and below test/ what spans it: whole programs, killed and cut.
    include: ['src/**/*.test.ts', 'web/src/**/*.test.ts', 'test/**/*.test.ts'],
    // They share what they import: each of 280 files that evaluated it anew took two seconds of processor time.
    isolate: false,
  },
});
