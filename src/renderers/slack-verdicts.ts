import type { Report } from '../core/report/report.ts';

/** How a verdict is marked and named. */
export const VERDICTS = {
  healthy: { emoji: '🟢', words: 'Metrics API healthy' },
  degraded: { emoji: '🟠', words: 'degraded' },
  broken: { emoji: '🔴', words: 'Metrics API broken' },
  inconclusive: { emoji: '🟡', words: 'inconclusive' },
} as const satisfies Record<Report['verdict'], { emoji: string; words: string }>;
