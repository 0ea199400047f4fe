import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Evidence } from '../../src/core/evidence/evidence.ts';
import { saveBundle } from '../../src/delivery/bundle.ts';
import { cutOverlayInto, evidence, nodeName } from '../../test/support/evidence-builder.ts';
import { measurements } from './measurements.ts';

/** What a child process took for one bundle. */
export interface EngineTimes {
  readonly verdict: string;
  readonly firstCause: string | null;
  readonly bundleMs: number;
  /** Evidence to report, the first time in this process: what a run pays. */
  readonly coldMs: number;
  /** The same again, the median of several. */
  readonly warmMs: number;
  readonly maxRssMib: number;
}

interface Row extends EngineTimes {
  readonly bundle: string;
  readonly nodes: number;
  readonly paths: number;
}

const NODES = 1_000;
const SERVERS = 3;
/** Peers that each node tries in a big cluster. */
const SAMPLE = 4;
const PART = new URL('./engine-part.mjs', import.meta.url);

/** `npm run bench -- engine`: engine and report on bundles of 1,000 nodes, each in a process of its own. */
export async function benchEngine(): Promise<void> {
  const results = measurements<Row>('engine');
  const folder = mkdtempSync(join(tmpdir(), 'metrics-diag-engine-'));
  const healthy = evidence({ nodes: NODES, servers: SERVERS, sample: SAMPLE });
  const bundles: Readonly<Record<string, Evidence>> = {
    healthy,
    'one node cut off': cutOverlayInto(healthy, nodeName(NODES / 2)),
  };
  try {
    for (const [bundle, value] of Object.entries(bundles)) {
      const file = join(folder, 'bundle.json.gz');
      await saveBundle(file, value);
      const times = await timesOf(file);
      results.add({ bundle, nodes: NODES, paths: value.probes.reach.length, ...times });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function timesOf(file: string): Promise<EngineTimes> {
  const child = fork(PART, [file]);
  return new Promise((resolve, reject) => {
    child.on('message', (times) => resolve(times as EngineTimes));
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the engine's process ended with ${code}`)));
  });
}
