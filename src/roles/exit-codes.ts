import type { Report } from '../core/report/report.ts';

/** Public contract: scripts rely on these. */
export const EXIT_CODES = { healthy: 0, broken: 1, usage: 2, inconclusive: 3 } as const;

/** The verdict as an exit code. */
export function exitCodeOf({ verdict }: Pick<Report, 'verdict'>): number {
  switch (verdict) {
    case 'healthy':
      return EXIT_CODES.healthy;
    case 'broken':
    case 'degraded':
      return EXIT_CODES.broken;
    case 'inconclusive':
      return EXIT_CODES.inconclusive;
  }
}
