import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ClusterClient } from '../../src/clients/cluster-client.ts';
import { createClusterClient } from '../../src/clients/kubernetes.ts';
import { toClusterAccess } from '../../src/config/cluster-access.ts';
import { fileSchema } from '../../src/config/file-schema.ts';
import type { WorkerCluster } from '../../src/config/role-config.ts';
import type { PodPlan } from '../../src/probes/plan.ts';
import { basePlan } from '../../src/probes/plan-probes.ts';
import { runPods } from '../../src/probes/run-pods.ts';
import { startListeners } from '../../src/probes/start-listeners.ts';
import { probeSettings } from '../../src/runs/probe-settings.ts';
import { scenario } from '../sim/scenarios.ts';
import { ask } from '../support/api-server/raw-client.ts';
import {
  type StandInCluster,
  startStandInCluster,
} from '../support/api-server/stand-in-cluster.ts';
import { nodeObject } from '../unit/probes/support.ts';

const PODS = '/api/v1/namespaces/metrics-diag/pods';
const { signal } = new AbortController();

let cluster: StandInCluster;
let client: ClusterClient;
let config: WorkerCluster;

beforeEach(async () => {
  cluster = await startStandInCluster(scenario('founding-incident'), {
    podStartMs: 10,
    podRunMs: 200,
    podStopMs: 10,
  });
  const [parsed] = fileSchema.parse(parse(cluster.configYaml())).clusters;
  if (parsed?.access === undefined) throw new TypeError('the stand-in names no access');
  config = { ...parsed, access: parsed.access };
  client = await createClusterClient(toClusterAccess(config.access));
});

afterEach(async () => {
  await client.close();
  await cluster.stop();
});

function plan(kind: PodPlan['kind'], node = 'prod02'): PodPlan {
  return {
    ...basePlan(nodeObject({ name: node }), { runId: 'run-1', wave: 1 }),
    kind,
    deadlineMs: 300,
    listenPort: kind === 'listener' ? 19_472 : null,
  };
}

function settingsFor(worker: { readonly namespace: string; readonly uid: string }) {
  const place = {
    inCluster: true,
    node: 'prod01',
    probeImage: 'metrics-diag:1',
    pod: { ...worker, name: 'worker-7' },
  };
  // The chart's worker; the stand-in is reached by its address all the same.
  const settings = probeSettings({ place }, { ...config, access: { inCluster: true } }, signal);
  if ('state' in settings) throw new Error(settings.detail);
  return { ...settings, attempt: 1 };
}

async function storedPods() {
  const { json } = await ask(cluster, PODS);
  return (json as { items: { metadata: { name: string; ownerReferences?: unknown } }[] }).items;
}

it.each([
  ['its own namespace', 'metrics-diag', [{ kind: 'Pod', name: 'worker-7', uid: 'uid-7' }]],
  ['another namespace', 'elsewhere', undefined],
])('a worker in %s: the Pods that the API server holds', async (_, namespace, owners) => {
  const options = settingsFor({ namespace, uid: 'uid-7' });
  const listeners = startListeners(client, [plan('listener')], options);
  const { states } = await listeners.settled({ usualMs: 10_000, slowMs: 0, pullMs: 0 });
  expect(states[0]?.outcome.outcome).toBe('ok');

  const pods = await storedPods();
  expect(pods).toHaveLength(1);
  expect(pods[0]?.metadata.ownerReferences).toEqual(
    owners?.map((owner) => ({ apiVersion: 'v1', blockOwnerDeletion: false, ...owner })),
  );
  await listeners.stop();
});

it('a Pod that no kubelet ever started is gone after the wave', async () => {
  cluster.setBehaviour({ kubelet: 'never-starts' });
  const options = settingsFor({ namespace: 'metrics-diag', uid: 'uid-7' });
  const { runs, cleaned } = await runPods(client, [plan('node')], {
    ...options,
    startAllowanceMs: 100,
  });
  await cleaned;

  expect(runs[0]?.outcome.outcome).toBe('never-started');
  expect(await storedPods()).toEqual([]);
});
