// The lab tier: real kube-apiservers, kubelets, packets and filters. Needs root on Linux and `npm run setup:lab`.
// A skipped lab test is a failure: nothing was proved.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
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

const {
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: pending,
  numTodoTests: todo,
} = JSON.parse(readFileSync(report, 'utf8'));
console.log(`lab: ${passed} passed, ${failed} failed, ${pending + todo} skipped`);
if (pending + todo > 0)
  console.log(
    'A skipped lab test counts as failed; the lines above say what it lacks (npm run setup:lab).',
  );
process.exit(status !== 0 || pending + todo > 0 || passed === 0 ? 1 : 0);
