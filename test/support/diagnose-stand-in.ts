import pino from 'pino';
import { parse } from 'yaml';
import { createClusterClient } from '../../src/clients/kubernetes.ts';
import { toClusterAccess } from '../../src/config/cluster-access.ts';
import { fileSchema } from '../../src/config/file-schema.ts';
import type { Evidence } from '../../src/core/evidence/evidence.ts';
import { buildReport } from '../../src/core/report/build-report.ts';
import type { Report } from '../../src/core/report/report.ts';
import { runPods } from '../../src/probes/run-pods.ts';
import { beginRun } from '../../src/runs/begin-run.ts';
import type { RunWork } from '../../src/runs/run-stages.ts';
import type { ProbeSettings } from '../../src/runs/stage-cluster.ts';
import { createStages } from '../../src/runs/stages.ts';
import type { StandInCluster } from './api-server/stand-in-cluster.ts';

export interface Diagnosis {
  /** The verdict as soon as the probes were in. */
  readonly first: Report;
  /** The verdict with every API server's last words, or with those that came in time. */
  readonly final: Report;
  readonly evidence: Evidence;
  readonly firstMs: number;
}

export interface DiagnoseOptions {
  readonly runId?: string;
  /**
   * How long the first look may take. The product's 2 s are real time; a stand-in whose waits are shrunk answers
   * far sooner, and a busy test machine needs far longer.
   */
  readonly firstLookMs?: number;
  /** How long the last words of the API servers are waited for; one that hangs would take 45 s. */
  readonly settleMs?: number;
}

const PATIENT_MS = 20_000;
const DEFAULT_SETTLE_MS = 8_000;
/** Waves after which even the worker stops. */
const MAX_WAVES = 3;

/** Runs the real stages (snapshot, probes, core) against a stand-in cluster, as worker and CLI do, in this process. */
export async function diagnoseStandIn(
  cluster: StandInCluster,
  options: DiagnoseOptions = {},
): Promise<Diagnosis> {
  const [config] = fileSchema.parse(parse(cluster.configYaml())).clusters;
  if (config?.access === undefined) throw new TypeError('the stand-in names no access');
  const own = { ...config, access: config.access };
  const stages = createStages({
    clusters: [own],
    place: { inCluster: false, node: null, probeImage: null },
    log: pino({ level: 'silent' }),
  });
  const client = await createClusterClient(toClusterAccess(own.access));
  const closing = new AbortController();
  const probe = probeSettings(own.probe.namespace, closing.signal);
  const target = { runId: options.runId ?? 'run-1', cluster: own.name, attempt: 1 };
  const startedAt = Date.now();
  try {
    const begun = await beginRun(
      {
        config: own,
        client,
        probe,
        snapshot: {
          signal: closing.signal,
          probeNamespace: own.probe.namespace,
          vantage: { inCluster: false, node: null },
          firstLookMs: options.firstLookMs ?? PATIENT_MS,
          settleMs: options.settleMs ?? DEFAULT_SETTLE_MS,
          ...(own.apiServers === undefined ? {} : { apiServers: own.apiServers }),
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
    const first = stages.conclude(target, work, how);
    const evidence = stages.evidence(target, work, {
      final: true,
      tookMs: Date.now() - startedAt,
      apiServers: await begun.settled,
    });
    return { first, final: buildReport(evidence), evidence, firstMs };
  } finally {
    await stages.cleanUp(target);
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
