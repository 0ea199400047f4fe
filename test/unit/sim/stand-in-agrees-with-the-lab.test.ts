import { describe, expect, it, vi } from 'vitest';
import { applyFaults } from '../../sim/faults.ts';
import { healthyWorld } from '../../sim/healthy-world.ts';
import { apiServerMachines, type World } from '../../sim/world.ts';
import { modelClient } from '../../support/api-server/model-client.ts';
import { startPlane } from '../../support/api-server/plane.ts';
import { diagnoseModel } from '../../support/diagnose-model.ts';
import { type ApiEye, type ApiWanted, untilAsWanted } from '../../support/same-on-both/api-view.ts';
import { essentials, SHARED_SCENARIOS } from '../../support/same-on-both/scenarios.ts';
import { inVirtualTime } from '../../support/virtual-time.ts';

/**
 * The stand-in's half of the scenarios that `test/lab/diagnosis.test.ts` runs on real kube-apiservers: one table,
 * one expectation, so that one of the two fails where stand-in and cluster differ.
 */
vi.setConfig({ testTimeout: 60_000 });

/** A dead pooled connection, then the availability check's 30 s and a dial of 30 s. */
const NOTICED_MS = 120_000;

function worldOf({ name, standIn }: (typeof SHARED_SCENARIOS)[number]): World {
  return applyFaults(healthyWorld({ name, apiProfile: '1.20' }), standIn);
}

function differences(world: World, wanted: ApiWanted): Promise<readonly string[]> {
  return inVirtualTime(world.nowMs, async () => {
    const plane = startPlane(world);
    const machines = apiServerMachines(world);
    const urlOf = (server: string): string =>
      `https://${machines.find(({ name }) => name === server)?.ip ?? ''}:6443`;
    const client = modelClient(urlOf(machines[0]?.name ?? ''), {
      plane: plane.controlPlane,
      token: plane.token,
      way: (url) => ({
        node: machines.find(({ ip }) => ip === new URL(url).hostname)?.name ?? null,
        refusal: 'timeout',
      }),
    });
    const eye: ApiEye = {
      servers: machines.map(({ name }) => name),
      async get(server, path) {
        const answer = await client.at(urlOf(server)).get(path, { timeoutMs: NOTICED_MS });
        if (answer.kind === 'failed') throw new Error(answer.message);
        return answer;
      },
    };
    try {
      return await untilAsWanted(eye, wanted, NOTICED_MS);
    } finally {
      plane.stop();
    }
  });
}

describe('the stand-in gets the verdict that the lab gets', () => {
  it.each(SHARED_SCENARIOS)('$name', async (scenario) => {
    const { final } = await diagnoseModel(worldOf(scenario));

    expect(essentials(final), final.headline).toEqual(scenario.report);
  });
});

describe('the API servers of the stand-in show what real ones show', () => {
  const shown = SHARED_SCENARIOS.flatMap((scenario) => {
    const { name, api } = scenario;
    return api === undefined ? [] : [{ name, scenario, api }];
  });

  it.each(shown)('$name', async ({ scenario, api }) => {
    expect(await differences(worldOf(scenario), api)).toEqual([]);
  });

  it('and a fault that is not there is a difference', async () => {
    const [healthy] = SHARED_SCENARIOS;
    const cut = shown.find(({ name }) => name === 'overlay-drop-input');
    if (healthy === undefined || cut === undefined) throw new TypeError('no such scenarios');

    expect((await differences(worldOf(healthy), cut.api)).join('\n')).toContain('prod02: 200');
  });
});
