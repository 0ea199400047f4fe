import { expect, it, vi } from 'vitest';
import type { Report } from '../../src/core/report/report.ts';
import { faultsOf, type ScenarioName, scenario } from '../sim/scenarios.ts';
import { startStandInCluster } from '../support/api-server/stand-in-cluster.ts';
import { diagnoseModel } from '../support/diagnose-model.ts';
import { diagnoseStandIn } from '../support/diagnose-stand-in.ts';

const OPTIONS = { timeScale: 0.01, podStartMs: 20, podRunMs: 30 };

/** Every scenario has its expected verdict in test/unit/sim; these few show that sockets make no difference. */
const OVER_SOCKETS: readonly ScenarioName[] = [
  'healthy',
  'founding-incident',
  'mtu-blackhole-pooled',
  'metrics-server-crashing',
  'kubelet-tls-no-ip-san',
  'api-server-hanging',
];

vi.setConfig({ maxConcurrency: 3 });

function essence({ verdict, causes, unexplained }: Report): unknown {
  return {
    verdict,
    causes: causes.map(({ id, verdict: how, where }) => [id, how, where]),
    unexplained,
  };
}

/** Worked out first: the virtual clock is the whole process's. */
const EXPECTED_ESSENCE = new Map<ScenarioName, unknown>();
for (const name of OVER_SOCKETS) {
  EXPECTED_ESSENCE.set(name, essence((await diagnoseModel(scenario(name))).final));
}

it.concurrent.each(OVER_SOCKETS)('%s reads over sockets as it does without', async (name) => {
  const cluster = await startStandInCluster(scenario(name), OPTIONS);
  try {
    const { final } = await diagnoseStandIn(cluster);

    expect(essence(final)).toEqual(EXPECTED_ESSENCE.get(name));
    expect(
      cluster.objects('pods').filter(({ metadata }) => metadata.namespace === 'metrics-diag'),
    ).toEqual([]);
  } finally {
    await cluster.stop();
  }
});

it('says that all is well once a fault is mended', async () => {
  const cluster = await startStandInCluster(scenario('healthy'), OPTIONS);
  try {
    await cluster.setFaults(faultsOf('founding-incident'), 600_000);
    const before = await diagnoseStandIn(cluster, { runId: 'run-before' });
    await cluster.setFaults([]);
    const after = await diagnoseStandIn(cluster, { runId: 'run-after' });

    expect(before.final.causes.map(({ id }) => id)).toEqual(['overlay-port-blocked']);
    expect(after.final.verdict).toBe('healthy');
  } finally {
    await cluster.stop();
  }
});
