/** @typedef {{ passed: number, failed: number, skipped: string[] }} Count - skipped tests by name */

/**
 * Counts what vitest's JSON reporter wrote, by tier (the folder under test/). A file that failed outside of its tests
 * (it could not be loaded, or its set-up failed) is one failure, not none.
 *
 * @returns {Map<string, Count>}
 */
export function countTests(report) {
  /** @type {Map<string, Count>} */
  const tiers = new Map();
  for (const { name, status, assertionResults } of report.testResults) {
    const tier = /.*[\\/]test[\\/](\w+)[\\/]/.exec(name)?.[1] ?? 'other';
    const count = tiers.get(tier) ?? { passed: 0, failed: 0, skipped: [] };
    tiers.set(tier, count);
    const failed = assertionResults.filter((test) => test.status === 'failed').length;
    count.failed += status === 'failed' && failed === 0 ? 1 : failed;
    for (const test of assertionResults) {
      if (test.status === 'passed') count.passed += 1;
      else if (test.status !== 'failed') count.skipped.push(test.fullName);
    }
  }
  return tiers;
}

/** @param {Count} count */
export const inWords = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed, ${skipped.length} skipped`;

/**
 * @param {Iterable<Count>} counts
 * @returns {Count}
 */
export function sum(counts) {
  /** @type {Count} */
  const total = { passed: 0, failed: 0, skipped: [] };
  for (const { passed, failed, skipped } of counts) {
    total.passed += passed;
    total.failed += failed;
    total.skipped.push(...skipped);
  }
  return total;
}
