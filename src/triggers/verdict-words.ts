/** How a run stands, in lists; a mark and words, since a mark alone tells nobody. */
export const VERDICT_WORDS = {
  healthy: '🟢 healthy',
  degraded: '🟠 degraded',
  broken: '🔴 broken',
  inconclusive: '🟡 inconclusive',
  cancelled: '⚪ cancelled',
  failed: '⚫ not diagnosed',
  waiting: '⏳ waiting for a worker',
  running: '🔎 under way',
} as const;
