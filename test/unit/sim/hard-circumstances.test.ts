import { describe, expect, it, vi } from 'vitest';
import type { Report } from '../../../src/core/report/report.ts';
import { SNAPSHOT_PERMISSIONS } from '../../../src/snapshot/permissions.ts';
import { applyFaults, type Fault } from '../../sim/faults.ts';
import { healthyWorld } from '../../sim/healthy-world.ts';
import { faultsOf, scenario } from '../../sim/scenarios.ts';
import { type World } from '../../sim/world.ts';
import type { Behaviour } from '../../support/api-server/plane.ts';
import { diagnoseModel } from '../../support/diagnose-model.ts';

/** Some 50 ms of work each, which a busy machine may stretch. */
vi.setConfig({ testTimeout: 60_000 });

/** Every right that the chart grants for whole kinds, but the nodes, as the stand-in spells it. */
const OTHER_RIGHTS = SNAPSHOT_PERMISSIONS.filter(({ resourceNames }) => resourceNames === undefined)
  .flatMap(({ apiGroups = [], resources = [], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.map(
        (resource) => `${resource}${group === '' ? '' : `.${group}`}:${verbs.join(',')}`,
      ),
    ),
  )
  .filter((right) => right !== 'nodes:list');

/** Nothing is lost without these: another kind tells the same, or a Canal cluster with a metrics-server has none. */
const SPARE_RIGHTS = new Set([
  'endpoints:get',
  'endpointslices.discovery.k8s.io:list',
  'services:list',
  'ippools.crd.projectcalico.org:list',
  'ippools.projectcalico.org:list',
]);

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

  it('and without the nodes nobody knows where a path leads', async () => {
    const report = await reportOn(scenario('founding-incident'), { denied: ['nodes:list'] });

    expect(confirmed(report)).toEqual([]);
    expect(report.notSeen.join('\n')).toContain('list nodes');
  });

  it.each(OTHER_RIGHTS)('and one right less (%s) does not stop the rest', async (right) => {
    const report = await reportOn(scenario('founding-incident'), { denied: [right] });

    expect(report.causes.map(({ id }) => id)).toEqual(['overlay-port-blocked']);
    expect(report.causes[0]?.where.nodes).toContain('prod01');
    if (!SPARE_RIGHTS.has(right)) expect(report.notSeen.join('\n')).toMatch(/not allowed/);
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
