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
    projects: [
      {
        extends: true,
        test: {
          name: 'beside the code',
          include: ['src/**/*.test.ts', 'web/src/**/*.test.ts'],
          // They share what they import: each of 240 files that evaluated it anew took two seconds of processor time.
          isolate: false,
        },
      },
      // Whole programs, killed and cut.
      { extends: true, test: { name: 'spanning', include: ['test/**/*.test.ts'], isolate: false } },
    ],
  },
});
