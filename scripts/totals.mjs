// Adds up what vitest's JSON reporter wrote into a folder and prints one honest line.
// Usage: node scripts/totals.mjs FOLDER [FAILED_STEP…]. Exits 1 when a test or a step failed, a lab test was skipped,
// or none ran.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countTests, inWords, sum } from './count-tests.mjs';

const [folder, ...failedSteps] = process.argv.slice(2);
const tiers = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .flatMap((file) => [...countTests(JSON.parse(readFileSync(join(folder, file), 'utf8')))]);
for (const [tier, count] of tiers) console.log(`${tier.padEnd(12)} ${inWords(count)}`);
const total = sum(tiers.map(([, count]) => count));
// A skipped lab test proves nothing, so it fails the run.
const labSkipped = tiers.some(([tier, { skipped }]) => tier === 'lab' && skipped.length > 0);
for (const name of total.skipped) console.log(`Skipped: ${name}`);
// Last, so that the end of a long log tells what to look at.
for (const { name, message } of total.failures)
  console.log(`Failed: ${name}\n${indented(message)}`);
if (failedSteps.length > 0) console.log(`Failed steps: ${failedSteps.join(', ')}`);
// A step may fail without a failed test (types, lint, a package that cannot be had): then it is the failure.
total.failed = Math.max(total.failed, failedSteps.length);
console.log(inWords(total));
/** The first lines of a message: what was expected, and what was found. */
function indented(message) {
  return message
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s+at /.test(line))
    .slice(0, 12)
    .map((line) => `  ${line.slice(0, 300)}`)
    .join('\n');
}

process.exit(total.failed > 0 || labSkipped || total.passed === 0 ? 1 : 0);
