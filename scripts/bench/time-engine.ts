import { buildReport } from '../../src/core/report/build-report.ts';
import { loadBundle } from '../../src/delivery/bundle.ts';
import type { EngineTimes } from './engine.ts';
import { percentile } from './measurements.ts';

const REPEATS = 9;
/** `maxRSS` comes in KiB. */
const KIB_PER_MIB = 1_024;

/** Reads the bundle and works out its report, once cold and some times more. */
export async function timeEngine(file: string): Promise<EngineTimes> {
  const startedAt = performance.now();
  const evidence = await loadBundle(file);
  const bundleMs = Math.round(performance.now() - startedAt);
  const time = (): number => {
    const from = performance.now();
    buildReport(evidence);
    return Math.round(performance.now() - from);
  };
  const coldMs = time();
  const maxRssMib = Math.round(process.resourceUsage().maxRSS / KIB_PER_MIB);
  const warmMs = percentile(Array.from({ length: REPEATS }, time), 0.5);
  const report = buildReport(evidence);
  return {
    verdict: report.verdict,
    firstCause: report.causes[0]?.id ?? null,
    bundleMs,
    coldMs,
    warmMs,
    maxRssMib,
  };
}
