import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * Tests that talk to processes, packets and real time run on machines that do other things, too: each may be tried
 * once more, and the report says that it was (`retry x1`). They wait for what they expect, so it should never show.
 */
const SECOND_TRY = 1;
const CORES = availableParallelism();
/** Files of these tiers mostly wait: two more than there are cores; more than four would disturb those that keep time. */
const WAITING_FILES = Math.min(CORES + 2, 4);
/** Upper bounds that end a hanging test, also on a busy machine. */
const LIMITS = {
  unit: { testTimeout: 60_000 },
  integration: { testTimeout: 120_000, hookTimeout: 120_000 },
  e2e: { testTimeout: 600_000, hookTimeout: 120_000 },
  lab: { testTimeout: 300_000, hookTimeout: 600_000 },
};

/** What the tiers have in common whose tests talk over sockets, to processes and to time. */
const waiting = {
  // As patient as the tests' own waiting.
  expect: { poll: { timeout: 60_000 } },
  // The clients of Slack, Redis and Kubernetes take a second to load: files share their worker.
  isolate: false,
  retry: SECOND_TRY,
  maxWorkers: WAITING_FILES,
  // After the unit tests, which keep every core busy.
  sequence: { groupOrder: 1 },
  globalSetup: ['test/support/own-temporary-folder.ts'],
};

/** One project per tier; see CONTRIBUTING.md. */
export default defineConfig({
  test: {
    // A line per file is enough, and one more for a test that is slow even for these tiers.
    slowTestThreshold: 10_000,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          isolate: false,
          maxWorkers: CORES,
          ...LIMITS.unit,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          ...waiting,
          ...LIMITS.integration,
        },
      },
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], ...waiting, ...LIMITS.e2e } },
      {
        test: {
          name: 'lab',
          include: ['test/lab/**/*.test.ts'],
          retry: SECOND_TRY,
          ...LIMITS.lab,
          fileParallelism: false,
        },
      },
    ],
  },
});
