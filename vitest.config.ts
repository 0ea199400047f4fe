import { defineConfig } from 'vitest/config';

/**
 * One project per tier; see CONTRIBUTING.md. The heavy tiers share no worker with the unit tests. They measure real
 * time on a machine that does other things, too: each test may be tried once more, and the report says that it was.
 */
const SECOND_TRY = 1;

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          retry: SECOND_TRY,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          retry: SECOND_TRY,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'lab',
          include: ['test/lab/**/*.test.ts'],
          retry: SECOND_TRY,
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
