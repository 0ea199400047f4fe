// Adds up what vitest's JSON reporter wrote into a folder and prints one honest line.
// Usage: node scripts/totals.mjs FOLDER. Exits 1 when a test failed, was skipped, or none ran.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const total = { passed: 0, failed: 0, skipped: 0 };
for (const name of readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .sort()) {
  const run = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  // A suite that could not be loaded has no tests: it counts as one failure.
  const broken = run.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const skipped = run.numPendingTests + run.numTodoTests;
  console.log(
    `${name.replace(/\.json$/, '').padEnd(12)} ${run.numPassedTests} passed, ${run.numFailedTests + broken} failed, ${skipped} skipped`,
  );
  total.passed += run.numPassedTests;
  total.failed += run.numFailedTests + broken;
  total.skipped += skipped;
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
if (total.skipped > 0) console.log('a skipped test does not count as passed: this run is not good');
process.exit(total.failed > 0 || total.skipped > 0 || total.passed === 0 ? 1 : 0);
