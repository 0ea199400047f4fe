// The lab tier: real kube-apiservers, kubelets, packets and filters. Needs root on Linux and `npm run setup:lab`.
// A skipped lab test is a failure: nothing was proved.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
// Nothing here speaks to an outside server; reading extra roots costs each of some hundred processes 0.15 s.
delete process.env.NODE_EXTRA_CA_CERTS;
const results = process.env.TEST_TOTALS_DIR ?? mkdtempSync(join(tmpdir(), 'metrics-diag-lab-'));
mkdirSync(results, { recursive: true });
const report = join(results, 'lab.json');

const run = (command, args) =>
  spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status ?? 1;

for (const step of ['scripts/setup.mjs', 'scripts/build.mjs']) {
  if (run(process.execPath, [step]) !== 0) process.exit(1);
}
const status = run(join(root, 'node_modules', '.bin', 'vitest'), [
  'run',
  '--project',
  'lab',
  '--reporter=verbose',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
]);

const ran = JSON.parse(readFileSync(report, 'utf8'));
const {
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: pending,
  numTodoTests: todo,
} = ran;
printTimes(ran.testResults);
console.log(`lab: ${passed} passed, ${failed} failed, ${pending + todo} skipped`);
if (pending + todo > 0)
  console.log(
    'A skipped lab test counts as failed; the lines above say what it lacks (npm run setup:lab).',
  );
process.exit(status !== 0 || pending + todo > 0 || passed === 0 ? 1 : 0);

/** Where the time went: each scenario's stages, then each file. */
function printTimes(files) {
  const stages = ['applyMs', 'settleMs', 'lookMs', 'undoMs', 'healMs'];
  const seconds = (ms) => (ms / 1_000).toFixed(1).padStart(7);
  const scenarios = files
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ meta }) => meta?.labStages !== undefined);
  if (scenarios.length > 0) {
    console.log(
      `\n${'seconds'.padEnd(34)}${['apply', 'settle', 'look', 'undo', 'heal', 'all'].map((name) => name.padStart(7)).join('')}`,
    );
    for (const { title, meta, duration } of scenarios) {
      const columns = stages.map((stage) => seconds(meta.labStages[stage]));
      console.log(`${title.padEnd(34)}${columns.join('')}${seconds(duration ?? 0)}`);
    }
    const sum = (stage) => scenarios.reduce((all, { meta }) => all + meta.labStages[stage], 0);
    console.log(
      `${'all of them'.padEnd(34)}${stages.map((stage) => seconds(sum(stage))).join('')}`,
    );
  }
  for (const { name, startTime, endTime } of files) {
    console.log(`${relative(root, name).padEnd(55)}${seconds(endTime - startTime)} s`);
  }
}
