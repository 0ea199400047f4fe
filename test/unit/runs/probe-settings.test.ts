import { describe, expect, it } from 'vitest';
import type { WorkerCluster, WorkerPlace } from '../../../src/config/role-config.ts';
import { basePlan } from '../../../src/probes/plan-probes.ts';
import { probePod } from '../../../src/probes/probe-pod.ts';
import { deepSettings, probeNamespaces, probeSettings } from '../../../src/runs/probe-settings.ts';
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
      deep: { enabled: false, trace: false },
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

describe('deep mode', () => {
  const settings = (
    deep: WorkerCluster['probe']['deep'],
    probe: Partial<WorkerCluster['probe']> = {},
  ) => deepSettings({ place: PLACE }, cluster({ inCluster: true }, { ...probe, deep }), signal);

  it('is missing, with the key that allows it, unless the configuration says so', () => {
    expect(settings({ enabled: false, trace: false })).toMatchObject({
      state: 'missing',
      detail: 'the configuration does not allow deep mode (probe.deep.enabled)',
    });
  });

  it('is missing where probing is off altogether', () => {
    expect(settings({ enabled: true, trace: false }, { enabled: false })).toMatchObject({
      state: 'missing',
      detail: 'switched off in the configuration (probe.enabled)',
    });
  });

  it('has its own program, account and namespace; NET_ADMIN is in its Pods alone', () => {
    const deep = settings({
      enabled: true,
      trace: false,
      namespace: 'md-deep',
      serviceAccount: 'md-deep',
    });
    const plain = probeSettings({ place: PLACE }, cluster({ inCluster: true }), signal);
    if ('state' in deep || 'state' in plain) throw new Error('both are allowed');
    const plan = basePlan(nodeObject({ name: 'prod01' }), { runId: 'run-1', wave: 3 });
    const node = { ...plan, kind: 'node', deadlineMs: 1_000 } as const;
    const flows = { flows: [], peers: [], tries: [], triesAt: 0, trace: false };
    const pods = [
      probePod({ ...node, deep: flows }, { ...deep, attempt: 1 }, 0),
      probePod(node, { ...plain, attempt: 1 }, 0),
    ].map(({ metadata, spec }) => JSON.parse(JSON.stringify({ metadata, spec })));
    expect(pods[0]).toMatchObject({
      metadata: { namespace: 'md-deep', labels: { 'metrics-diag/probe-kind': 'deep' } },
      spec: {
        hostNetwork: true,
        serviceAccountName: 'md-deep',
        automountServiceAccountToken: false,
        containers: [
          {
            command: ['node', '/app/dist/deep-probe.mjs'],
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'], add: ['NET_RAW', 'NET_ADMIN'] },
            },
          },
        ],
      },
    });
    expect(pods[1].spec.containers[0].securityContext.capabilities).toEqual({
      drop: ['ALL'],
      add: ['NET_RAW'],
    });
    expect(probeNamespaces({ probe: plain, deep })).toEqual(['metrics-diag', 'md-deep']);
  });
});
