/** @typedef {{ name: string, message: string }} Failure - of every try */
/** @typedef {{ passed: number, failed: number, skipped: string[], failures: Failure[] }} Count - skipped tests by name */

/**
 * Counts what vitest's JSON reporter wrote, by tier (the folder under test/). A file that failed outside of its tests
 * (it could not be loaded, or its set-up failed) is one failure, not none.
 *
 * @returns {Map<string, Count>}
 */
export function countTests(report) {
  /** @type {Map<string, Count>} */
  const tiers = new Map();
  for (const { name, status, message, assertionResults } of report.testResults) {
    const tier = /.*[\\/]test[\\/](\w+)[\\/]/.exec(name)?.[1] ?? 'other';
    const count = tiers.get(tier) ?? { passed: 0, failed: 0, skipped: [], failures: [] };
    tiers.set(tier, count);
    const failed = assertionResults.filter((test) => test.status === 'failed').length;
    if (status === 'failed' && failed === 0) {
      count.failed += 1;
      count.failures.push({ name, message: message ?? '' });
    }
    count.failed += failed;
    for (const test of assertionResults) {
      if (test.status === 'passed') count.passed += 1;
      else if (test.status === 'failed')
        count.failures.push({
          name: test.fullName,
          message: (test.failureMessages ?? []).join('\n'),
        });
      else count.skipped.push(test.fullName);
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
  const total = { passed: 0, failed: 0, skipped: [], failures: [] };
  for (const { passed, failed, skipped, failures } of counts) {
    total.passed += passed;
    total.failed += failed;
    total.skipped.push(...skipped);
    total.failures.push(...failures);
  }
  return total;
}
