import { describe, expect, it } from 'vitest';
import type { WorkerCluster, WorkerPlace } from '../../../src/config/role-config.ts';
import { basePlan } from '../../../src/probes/plan-probes.ts';
import { probePod } from '../../../src/probes/probe-pod.ts';
import { probeSettings } from '../../../src/runs/probe-settings.ts';
import { nodeObject } from '../probes/support.ts';

const POD = { namespace: 'metrics-diag', name: 'worker-7', uid: 'uid-7' };
const PLACE: WorkerPlace = { inCluster: true, node: 'prod01', probeImage: 'md:1', pod: POD };

function cluster(
  access: WorkerCluster['access'],
  probe: Partial<WorkerCluster['probe']> = {},
): WorkerCluster {
  return {
    name: 'prod',
    aliases: [],
    access,
    probe: {
      enabled: true,
      namespace: 'metrics-diag',
      imagePullPolicy: 'IfNotPresent',
      imagePullSecrets: [],
      ...probe,
    },
  };
}

const { signal } = new AbortController();

function ownersOf(access: WorkerCluster['access'], namespace: string, place = PLACE): unknown {
  const settings = probeSettings({ place }, cluster(access, { namespace }), signal);
  if ('state' in settings) throw new Error(settings.detail);
  const plan = basePlan(nodeObject({ name: 'prod01' }), { runId: 'run-1', wave: 1 });
  const { metadata } = probePod(
    { ...plan, kind: 'node', deadlineMs: 1_000 },
    { ...settings, attempt: 1 },
    0,
  );
  return metadata['ownerReferences'];
}

describe("probe Pods belong to the worker's Pod", () => {
  it('where both are in one namespace of one cluster', () => {
    expect(ownersOf({ inCluster: true }, 'metrics-diag')).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        name: 'worker-7',
        uid: 'uid-7',
        blockOwnerDeletion: false,
      },
    ]);
  });

  it.each<[string, WorkerCluster['access'], string, WorkerPlace]>([
    ['in another namespace', { inCluster: true }, 'metrics-diag-probes', PLACE],
    ['in another cluster', { kubeconfig: '/k' }, 'metrics-diag', PLACE],
    ['unknown', { inCluster: true }, 'metrics-diag', { ...PLACE, pod: null }],
  ])(
    'and to nobody where that one is %s: they would be deleted at once',
    (_, access, ns, place) => {
      expect(ownersOf(access, ns, place)).toBeUndefined();
    },
  );
});

it.each<
  [string, Partial<WorkerCluster['probe']>, Partial<WorkerPlace>, string | undefined, RegExp]
>([
  ['by the command line', {}, {}, 'switched off by --no-probes', /--no-probes/],
  ['by the configuration', { enabled: false }, {}, undefined, /probe\.enabled/],
  ['without an image', {}, { probeImage: null }, undefined, /probe\.image/],
])('probes nothing when it is off %s', (_, probe, place, probesOff, why) => {
  const options = {
    place: { ...PLACE, ...place },
    ...(probesOff === undefined ? {} : { probesOff }),
  };
  const settings = probeSettings(options, cluster({ inCluster: true }, probe), signal);
  expect(settings).toMatchObject({ state: 'missing', detail: expect.stringMatching(why) });
});
