// Everything that runs without root: types, lint and layers, bundles, then the unit, integration and e2e tiers.
// Ends with one honest line, and names what it did not run. With TEST_TOTALS_DIR the tiers' JSON is kept there.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const keep = process.env.TEST_TOTALS_DIR;
const results = keep ?? mkdtempSync(join(tmpdir(), 'metrics-diag-test-'));
mkdirSync(results, { recursive: true });
const startedAt = Date.now();
const failures = [];

/** Runs one step; its output is shown as it comes, or at the end when `quiet`. */
function step(name, command, args, { quiet = false } = {}) {
  const since = Date.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    const output = [];
    child.stdout?.on('data', (data) => output.push(data));
    child.stderr?.on('data', (data) => output.push(data));
    child.once('error', (error) => output.push(Buffer.from(String(error))));
    child.once('close', (code) => {
      const seconds = ((Date.now() - since) / 1000).toFixed(1);
      if (code !== 0) {
        failures.push(name);
        process.stdout.write(Buffer.concat(output));
      }
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
      resolve(code === 0);
    });
  });
}

function tier(name, options) {
  const report = join(results, `${name}.json`);
  return step(
    name,
    bin('vitest'),
    [
      'run',
      '--project',
      name,
      '--passWithNoTests',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    options,
  );
}

const quiet = { quiet: true };
/** Two lanes for two cores: the integration tier mostly waits. */
await Promise.all([
  (async () => {
    await step('types', bin('tsc'), ['--noEmit'], quiet);
    await step('lint and layers', bin('oxlint'), ['--type-aware', '--deny-warnings'], quiet);
    await step('format', bin('biome'), ['check', '.'], quiet);
    await step('bundles', process.execPath, ['scripts/build.mjs'], quiet);
    await tier('unit', quiet);
  })(),
  tier('integration'),
]);
await tier('e2e');

const total = { passed: 0, failed: 0, skipped: 0 };
const skipped = [];
for (const file of readdirSync(results).filter((name) => name.endsWith('.json'))) {
  const report = JSON.parse(readFileSync(join(results, file), 'utf8'));
  for (const suite of report.testResults) {
    // A file that could not be loaded has no tests: that is one failure, not none.
    if (suite.status === 'failed' && suite.assertionResults.length === 0) total.failed += 1;
    for (const test of suite.assertionResults) {
      if (test.status === 'passed') total.passed += 1;
      else if (test.status === 'failed') total.failed += 1;
      else {
        total.skipped += 1;
        skipped.push(test.fullName);
      }
    }
  }
}
if (keep === undefined) rmSync(results, { recursive: true, force: true });

console.log(
  '\nNot run here: the lab tier (real packets and faults; needs root): npm run setup:lab && npm run test:lab',
);
for (const name of skipped) console.log(`Skipped: ${name}`);
if (failures.length > 0) console.log(`Failed: ${failures.join(', ')}`);
console.log(
  `${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped (${Math.round((Date.now() - startedAt) / 1000)} s)`,
);
process.exit(failures.length > 0 || total.failed > 0 || total.passed === 0 ? 1 : 0);
