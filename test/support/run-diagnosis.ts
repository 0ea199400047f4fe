import pino from 'pino';
import type { ClusterClient } from '../../src/clients/cluster-client.ts';
import type { WorkerCluster } from '../../src/config/role-config.ts';
import type { Evidence } from '../../src/core/evidence/evidence.ts';
import { missing } from '../../src/core/evidence/observed.ts';
import { buildReport } from '../../src/core/report/build-report.ts';
import type { Report } from '../../src/core/report/report.ts';
import type { OnlyPaths } from '../../src/probes/only-paths.ts';
import { deleteRunPods, runPods } from '../../src/probes/run-pods.ts';
import { beginRun } from '../../src/runs/begin-run.ts';
import type { RunWork } from '../../src/runs/run-stages.ts';
import type { ProbeSettings } from '../../src/runs/stage-cluster.ts';
import { createStages } from '../../src/runs/stages.ts';

export interface Diagnosis {
  /** The verdict as soon as the probes were in. */
  readonly first: Report;
  /** The verdict with every API server's last words, or with those that came in time. */
  readonly final: Report;
  readonly evidence: Evidence;
  readonly firstMs: number;
}

export interface DiagnosisOptions {
  readonly runId?: string;
  /** Try these paths and nothing else. */
  readonly only?: OnlyPaths;
  /** How long the first look may take, where the product's own 2 s would not do. */
  readonly firstLookMs?: number;
  /** How long the last words of the API servers are waited for, where the product's own 45 s would not do. */
  readonly settleMs?: number;
}

/** Waves after which even the worker stops. */
const MAX_WAVES = 3;

/** Runs the real stages (snapshot, probes, core) through a client, as worker and CLI do, in this process. */
export async function runDiagnosis(
  config: WorkerCluster,
  client: ClusterClient,
  options: DiagnosisOptions = {},
): Promise<Diagnosis> {
  const stages = createStages({
    clusters: [config],
    place: { inCluster: false, node: null, probeImage: null, pod: null },
    log: pino({ level: 'silent' }),
  });
  const closing = new AbortController();
  const { namespace } = config.probe;
  const probe = probeSettings(namespace, closing.signal);
  const target = {
    runId: options.runId ?? 'run-1',
    cluster: config.name,
    attempt: 1,
    ...(options.only === undefined ? {} : { only: options.only }),
  };
  const startedAt = Date.now();
  try {
    const begun = await beginRun(
      {
        config,
        client,
        probe,
        deep: missing('not-attempted', 'no test of deep mode'),
        snapshot: {
          signal: closing.signal,
          probeNamespace: namespace,
          vantage: { inCluster: false, node: null },
          ...(options.firstLookMs === undefined ? {} : { firstLookMs: options.firstLookMs }),
          ...(options.settleMs === undefined ? {} : { settleMs: options.settleMs }),
          ...(config.apiServers === undefined ? {} : { apiServers: config.apiServers }),
        },
      },
      target,
      () => undefined,
    );
    let work: RunWork = await begun.work;
    let plans = begun.plans;
    for (let wave = 1; plans.length > 0 && wave <= MAX_WAVES; wave += 1) {
      const { runs } = await runPods(client, plans, { ...probe, attempt: target.attempt });
      work = { ...work, waves: [...work.waves, { wave, runs }] };
      const next = stages.planNext(target, work);
      plans = next.plans;
      work = { ...work, notProbed: [...work.notProbed, ...next.notProbed] };
    }
    const firstMs = Date.now() - startedAt;
    const how = { final: false, tookMs: firstMs, apiServers: null };
    const firstWork = work;
    const evidence = stages.evidence(target, work, {
      final: true,
      tookMs: Date.now() - startedAt,
      apiServers: await begun.settled,
    });
    return {
      // Worked out for who asks: thousands of simulated runs ask for the last word alone.
      get first() {
        return stages.conclude(target, firstWork, how);
      },
      final: buildReport(evidence),
      evidence,
      firstMs,
    };
  } finally {
    await deleteRunPods(client, namespace, { runId: target.runId, attempt: null });
    closing.abort();
    await Promise.all([stages.close(), client.close()]);
  }
}

function probeSettings(namespace: string, signal: AbortSignal): ProbeSettings {
  return {
    namespace,
    image: 'metrics-diag:stand-in',
    command: ['probe'],
    imagePullPolicy: 'IfNotPresent',
    imagePullSecrets: [],
    owner: null,
    localApiServiceAccount: null,
    now: Date.now,
    signal,
  };
}
