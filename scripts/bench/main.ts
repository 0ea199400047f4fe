import { benchEngine } from './engine.ts';
import { benchExplain } from './explain.ts';
import { benchLabFaults } from './lab-faults.ts';
import { benchLabFixes } from './lab-fixes.ts';
import { benchLabLatency } from './lab-latency.ts';
import { measurements } from './measurements.ts';
import { benchMutants } from './mutants.ts';
import { benchSlackAck } from './slack-ack.ts';
import { benchWorkerMemory } from './worker-memory.ts';
import { benchWorlds } from './worlds.ts';

const BENCHES: Readonly<
  Record<string, (runs: number | null, argument: string | null) => Promise<void>>
> = {
  'slack-ack': async () => measurements('slack-ack').add(await benchSlackAck()),
  'lab-latency': benchLabLatency,
  'lab-faults': benchLabFaults,
  'lab-fixes': benchLabFixes,
  'worker-memory': benchWorkerMemory,
  worlds: benchWorlds,
  engine: benchEngine,
  explain: (_runs, half) => benchExplain(half),
  mutants: benchMutants,
};

const [name = '', runs] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench === undefined) {
  process.stderr.write(
    `Usage: npm run bench -- NAME [runs]\n  ${Object.keys(BENCHES).join('\n  ')}\n`,
  );
  process.exit(2);
}
// Between two labs nothing else keeps the process alive.
const alive = setInterval(() => undefined, 60_000);
await bench(runs === undefined ? null : Number(runs), runs ?? null);
clearInterval(alive);
process.exit(0);
