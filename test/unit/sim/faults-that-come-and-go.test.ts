import { describe, expect, it, vi } from 'vitest';
import type { Report } from '../../../src/core/report/report.ts';
import { applyFaults } from '../../sim/faults.ts';
import { healthyWorld } from '../../sim/healthy-world.ts';
import { faultsOf, type ScenarioName, scenario } from '../../sim/scenarios.ts';
import type { World } from '../../sim/world.ts';
import { diagnoseModel } from '../../support/diagnose-model.ts';

/** Some 50 ms of work each, which a busy machine may stretch. */
vi.setConfig({ testTimeout: 60_000 });

function confirmed({ causes }: Report): string[] {
  return causes.filter(({ verdict }) => verdict === 'confirmed').map(({ id }) => id);
}

/** The faults' filters hit that share of the conversations: one link of a bond is dead, one of several firewalls. */
function flapping(name: ScenarioName, share: number, seed: number): World {
  const world = scenario(name, { seed });
  return { ...world, rules: world.rules.map((rule) => ({ ...rule, share })) };
}

describe('a filter that takes a share of the conversations', () => {
  it.each([0.3, 0.6])('%s of those into a node: nothing is called shut', async (share) => {
    for (const seed of [1, 2, 3]) {
      const { final } = await diagnoseModel(flapping('overlay-dropped-before-node', share, seed));
      expect(confirmed(final), `seed ${seed}: ${final.headline}`).toEqual([]);
    }
  });
});

describe('a fault that heals while the run goes on', () => {
  it.each([1, 3, 6, 12])('after %s s is called nothing else', async (seconds) => {
    const { final } = await diagnoseModel(scenario('founding-incident'), {
      onStart: (plane) => {
        setTimeout(() => plane.setWorld(healthyWorld({ nowMs: Date.now() })), seconds * 1_000);
      },
    });

    expect(confirmed(final).filter((id) => id !== 'overlay-port-blocked')).toEqual([]);
  });
});

describe('two faults at once get two causes', () => {
  it.each([
    ['founding-incident', 'kubelet-tls-no-ip-san', 'overlay-port-blocked', 'kubelet-tls-no-ip-san'],
    [
      'network-policy-default-deny',
      'kubelet-port-blocked',
      'networkpolicy-denies',
      'kubelet-port-blocked',
    ],
    ['mtu-blackhole', 'apiservice-ca-mismatch', 'mtu-blackhole', 'apiservice-ca-mismatch'],
  ] as const)('%s and %s', async (one, other, ...wanted) => {
    const world = applyFaults(healthyWorld(), [...faultsOf(one), ...faultsOf(other)]);
    const { final } = await diagnoseModel(world);

    expect(confirmed(final).toSorted()).toEqual(wanted.toSorted());
    expect(final.unexplained).toEqual([]);
  });
});
