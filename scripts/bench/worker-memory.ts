import { bringUpLab } from '../../test/lab/support/bring-up-lab.ts';
import { startThreads } from '../../test/lab/support/thread/thread-in-lab.ts';
import { measurements } from './measurements.ts';

const RUNS = 50;
const MEBIBYTE = 1024 * 1024;

/** Resident memory of the worker over many runs on one healthy three-node cluster. */
export async function benchWorkerMemory(runs: number | null): Promise<void> {
  const lab = await bringUpLab({ flavour: 'canal' });
  try {
    await lab.untilHealthy();
    const threads = await startThreads(lab);
    const megabytes: number[] = [];
    try {
      for (let run = 0; run < (runs ?? RUNS); run += 1) {
        const { rssBytes } = await threads.run();
        megabytes.push(Math.round(rssBytes / MEBIBYTE));
      }
    } finally {
      await threads.stop();
    }
    measurements('worker-memory').add({
      runs: megabytes.length,
      first: megabytes[0],
      last: megabytes.at(-1),
      max: Math.max(...megabytes),
      megabytes,
    });
  } finally {
    await lab.destroy();
  }
}
