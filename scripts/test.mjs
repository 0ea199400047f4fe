// Everything that runs without root: types, lint and layers, format, bundles, then the unit, integration and e2e
// tiers. Ends with one honest line, and names what it did not run. With TEST_TOTALS_DIR the tests' JSON is kept there.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countTests, inWords, sum } from './count-tests.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => join(root, 'node_modules', '.bin', name);
// Nothing here speaks to an outside server; reading extra roots costs each of some hundred processes 0.15 s.
delete process.env.NODE_EXTRA_CA_CERTS;
const keep = process.env.TEST_TOTALS_DIR;
const results = keep ?? mkdtempSync(join(tmpdir(), 'metrics-diag-test-'));
mkdirSync(results, { recursive: true });
const report = join(results, 'npm-test.json');
const startedAt = Date.now();
const secondsSince = (time) => ((Date.now() - time) / 1000).toFixed(1);
const failedSteps = [];

/** Runs a program; `quiet` keeps what it says for the case that it fails. */
function run(command, args, quiet) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    const output = [];
    child.stdout?.on('data', (data) => output.push(data));
    child.stderr?.on('data', (data) => output.push(data));
    child.once('error', (error) => output.push(Buffer.from(`${error}\n`)));
    child.once('close', (code) => resolve({ ok: code === 0, output: Buffer.concat(output) }));
  });
}

async function step(name, command, args) {
  const since = Date.now();
  const { ok, output } = await run(command, args, true);
  if (!ok) {
    failedSteps.push(name);
    process.stdout.write(output);
  }
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${secondsSince(since)} s)`);
}

// Two lanes for two cores. The tests come after them, since many keep time; the e2e tier runs the bundles.
await Promise.all([
  step('types', bin('tsc'), ['--noEmit']),
  (async () => {
    await step('bundles', process.execPath, ['scripts/build.mjs']);
    await step('format', bin('biome'), ['check', '.']);
    await step('lint and layers', bin('oxlint'), ['--type-aware', '--deny-warnings']);
  })(),
]);
const vitest = await run(
  bin('vitest'),
  [
    'run',
    ...['unit', 'integration', 'e2e'].flatMap((tier) => ['--project', tier]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ],
  false,
);
const tiers = existsSync(report) ? countTests(JSON.parse(readFileSync(report, 'utf8'))) : new Map();
const total = sum(tiers.values());
// Something threw outside of every test, or there was no report.
if (!vitest.ok && total.failed === 0) failedSteps.push('tests (see above)');
if (keep === undefined) rmSync(results, { recursive: true, force: true });

console.log('');
for (const [tier, count] of tiers) console.log(`${tier.padEnd(12)} ${inWords(count)}`);
console.log(
  'Not run here: the lab tier (real packets and faults; needs root): npm run setup:lab && npm run test:lab',
);
for (const name of total.skipped) console.log(`Skipped: ${name}`);
if (failedSteps.length > 0) console.log(`Failed: ${failedSteps.join(', ')}`);
// A step that failed counts as one failure.
total.failed += failedSteps.length;
console.log(`${inWords(total)} (${Math.round((Date.now() - startedAt) / 1000)} s)`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
