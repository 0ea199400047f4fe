import pino from 'pino';
import { parse } from 'yaml';
import { fileSchema } from '../../src/config/file-schema.ts';
import type { Evidence } from '../../src/core/evidence/evidence.ts';
import { buildReport } from '../../src/core/report/build-report.ts';
import type { Report } from '../../src/core/report/report.ts';
import type { RunWork } from '../../src/runs/run-stages.ts';
import { createStages } from '../../src/runs/stages.ts';
import type { StandInCluster } from './api-server/stand-in-cluster.ts';

export interface Diagnosis {
  /** The verdict as soon as the probes were in. */
  readonly first: Report;
  /** The verdict with every API server's last words. */
  readonly final: Report;
  readonly evidence: Evidence;
  readonly firstMs: number;
}

/** Waves after which even the worker stops. */
const MAX_WAVES = 3;

/** Runs the real stages (snapshot, probes, core) against a stand-in cluster, as worker and CLI do, in this process. */
export async function diagnoseStandIn(
  cluster: StandInCluster,
  runId = 'run-1',
): Promise<Diagnosis> {
  const [config] = fileSchema.parse(parse(cluster.configYaml())).clusters;
  if (config?.access === undefined) throw new TypeError('the stand-in names no access');
  const stages = createStages({
    clusters: [{ ...config, access: config.access }],
    place: { inCluster: false, node: null, probeImage: null },
    log: pino({ level: 'silent' }),
  });
  const target = { runId, cluster: config.name, attempt: 1 };
  const startedAt = Date.now();
  try {
    const begun = await stages.begin(target, () => undefined);
    let work: RunWork = begun.work;
    let plans = begun.plans;
    for (let wave = 1; plans.length > 0 && wave <= MAX_WAVES; wave += 1) {
      const runs = await stages.runPods(target, plans);
      work = { ...work, waves: [...work.waves, { wave, runs }] };
      const next = stages.planNext(target, work);
      plans = next.plans;
      work = { ...work, notProbed: [...work.notProbed, ...next.notProbed] };
    }
    const firstMs = Date.now() - startedAt;
    const first = stages.conclude(target, work, {
      final: false,
      tookMs: firstMs,
      apiServers: null,
    });
    const evidence = stages.evidence(target, work, {
      final: true,
      tookMs: Date.now() - startedAt,
      apiServers: await begun.settled,
    });
    return { first, final: buildReport(evidence), evidence, firstMs };
  } finally {
    await stages.cleanUp(target);
    await stages.close();
  }
}
