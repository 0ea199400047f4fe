import { describe, expect, it, vi } from 'vitest';
import type { Report } from '../../../src/core/report/report.ts';
import { applyFaults, type Fault } from '../../sim/faults.ts';
import { healthyWorld } from '../../sim/healthy-world.ts';
import { faultsOf, scenario } from '../../sim/scenarios.ts';
import { type World } from '../../sim/world.ts';
import type { Behaviour } from '../../support/api-server/plane.ts';
import { diagnoseModel } from '../../support/diagnose-model.ts';

/** Some 50 ms of work each, which a busy machine may stretch. */
vi.setConfig({ testTimeout: 60_000 });

async function reportOn(world: World, behaviour: Behaviour = {}): Promise<Report> {
  return (await diagnoseModel(world, { behaviour })).final;
}

function confirmed(report: Report): string[] {
  return report.causes.filter(({ verdict }) => verdict === 'confirmed').map(({ id }) => id);
}

const INTO_NODE_5: Fault = {
  kind: 'overlay-blocked',
  scope: { into: ['n05'] },
  at: 'host',
  action: 'drop',
};

describe('without sight nothing is promised', () => {
  it.each([
    ['pods may not be created', { denied: ['pods:create'] }, 'forbidden'],
    ['the probe image cannot be pulled', { kubelet: 'image-pull-error' }, 'ErrImagePull'],
    ['the probes leave garbled answers', { kubelet: 'garbled' }, 'cannot be read'],
    ['the probes fail', { kubelet: 'fails' }, 'failed'],
  ] as const)('when %s', async (_what, behaviour, words) => {
    const report = await reportOn(scenario('founding-incident'), behaviour);

    expect(report.verdict).toBe('inconclusive');
    expect(confirmed(report)).toEqual([]);
    expect(report.notSeen.join('\n')).toContain(words);
    expect(report.apiServers.map(({ status }) => status)).toEqual([200, 503, 503]);
  });

  it.each([
    'apiservices.apiregistration.k8s.io',
    'nodes.metrics.k8s.io',
    'pods/log',
    'events',
    'configmaps',
    'networkpolicies.networking.k8s.io',
    'horizontalpodautoscalers.autoscaling',
  ])('and one forbidden kind (%s) does not stop the rest', async (kind) => {
    const report = await reportOn(scenario('founding-incident'), { denied: [kind] });

    expect(report.causes[0]).toMatchObject({
      id: 'overlay-port-blocked',
      where: { nodes: ['prod01'] },
    });
    expect(report.notSeen.join('\n')).toMatch(/not allowed/);
  });
});

describe('the founding incident is found', () => {
  it('on an old cluster without EndpointSlices v1 and autoscaling v2', async () => {
    const report = await reportOn(scenario('founding-incident', { apiProfile: '1.20' }));

    expect(confirmed(report)).toEqual(['overlay-port-blocked']);
    expect(report.impact.hpasBlind.length).toBe(4);
  });

  it('a second after the cut, with the gauges still 0', async () => {
    const report = await reportOn(scenario('founding-incident', { faultAgeMs: 1_000 }));

    expect(confirmed(report)).toEqual(['overlay-port-blocked']);
  });

  it.each(['founding-incident', 'healthy'] as const)(
    'or not (%s), beside 500 packets a second of other overlay traffic',
    async (name) => {
      const report = await reportOn(scenario(name, { backgroundPps: 500 }));

      expect(confirmed(report)).toEqual(name === 'healthy' ? [] : ['overlay-port-blocked']);
      expect(report.verdict).toBe(name === 'healthy' ? 'healthy' : 'broken');
    },
  );

  it('with metrics-server on a worker among other names and addresses: every API server is cut off', async () => {
    const world = healthyWorld({
      nodes: 6,
      controlPlaneNodes: 3,
      providerNode: 4,
      nodeNamePrefix: 'n',
      underlayPrefix: '10.9.8',
    });
    const report = await reportOn(applyFaults(world, [INTO_NODE_5]));

    expect(confirmed(report)).toEqual(['overlay-port-blocked']);
    expect(report.causes[0]?.where).toMatchObject({ nodes: ['n05'], direction: 'into' });
    expect(report.apiServers.map(({ body }) => body.trim())).toEqual(
      Array(3).fill('service unavailable'),
    );
  });

  it('beside a second fault, which is named too', async () => {
    const world = applyFaults(healthyWorld(), [
      ...faultsOf('founding-incident'),
      ...faultsOf('kubelet-tls-no-ip-san'),
    ]);

    expect(confirmed(await reportOn(world)).sort()).toEqual([
      'kubelet-tls-no-ip-san',
      'overlay-port-blocked',
    ]);
  });
});
