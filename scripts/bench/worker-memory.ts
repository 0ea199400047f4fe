import { bringUpLab } from '../../test/lab/support/bring-up-lab.ts';
import { startThreads } from '../../test/lab/support/thread/thread-in-lab.ts';
import { measurements } from './measurements.ts';

/** The worker's resident memory after one run. */
interface Row {
  /** Names one life of the worker: memory that grows is seen only within one. */
  readonly series: string;
  readonly run: number;
  readonly megabytes: number;
  readonly verdict: string;
}

const RUNS = 50;
const MEBIBYTE = 1024 * 1024;
const LIMIT_MEGABYTES = 250;
/** Runs at either end whose mean is compared. */
const END_RUNS = 10;

/** Resident memory of the worker over many runs on one healthy three-node cluster. A worker that is stopped begins anew. */
export async function benchWorkerMemory(runs: number | null): Promise<void> {
  const results = measurements<Row>('worker-memory');
  const series = new Date().toISOString();
  const lab = await bringUpLab({ flavour: 'canal' });
  try {
    await lab.untilHealthy();
    const threads = await startThreads(lab);
    try {
      for (let run = 1; run <= (runs ?? RUNS); run += 1) {
        const { rssBytes, root } = await threads.run();
        const megabytes = Math.round(rssBytes / MEBIBYTE);
        results.add({ series, run, megabytes, verdict: root.split('\n')[0] ?? '' });
      }
    } finally {
      await threads.stop();
    }
  } finally {
    await lab.destroy();
  }
  summarize(results.rows().filter((row) => row.series === series));
}

function summarize(rows: readonly Row[]): void {
  const sizes = rows.map(({ megabytes }) => megabytes);
  const mean = (part: readonly number[]): number =>
    Math.round(part.reduce((sum, each) => sum + each, 0) / part.length);
  const healthy = rows.filter(({ verdict }) => verdict.includes('healthy')).length;
  process.stdout.write(
    `${sizes.length} runs, ${healthy} healthy: at most ${Math.max(...sizes)} MiB (goal ${LIMIT_MEGABYTES}); mean of the first ${END_RUNS} ${mean(sizes.slice(0, END_RUNS))} MiB, of the last ${END_RUNS} ${mean(sizes.slice(-END_RUNS))} MiB\n`,
  );
}
