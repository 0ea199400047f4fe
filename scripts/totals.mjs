// Adds up what vitest's JSON reporter wrote into a folder and prints one honest line.
// Usage: node scripts/totals.mjs FOLDER. Exits 1 when a test failed, a lab test was skipped, or none ran.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
// A skipped lab test proves nothing, so it fails the run.
let labSkipped = 0;
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
  if (name === 'lab.json') labSkipped += skipped;
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 || labSkipped > 0 || total.passed === 0 ? 1 : 0);
