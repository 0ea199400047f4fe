import { expect, it } from 'vitest';
import { known, missing } from '../../../../src/core/evidence/observed.ts';
import { readEndpoints } from '../../../../src/snapshot/readers/endpoints.ts';
import { readEvents } from '../../../../src/snapshot/readers/events.ts';
import { readCniLogs, readProviderLogs } from '../../../../src/snapshot/readers/logs.ts';
import { podObject } from '../../../../src/snapshot/readers/pods.ts';
import { deploymentObject, readProviderPods } from '../../../../src/snapshot/readers/provider.ts';
import type { ReadContext } from '../../../../src/snapshot/readers/reads.ts';
import { serviceObject } from '../../../../src/snapshot/readers/service.ts';
import { literalCluster, type Reply } from '../literal-cluster.ts';
import { deployment, FORBIDDEN, list, one, pod, service, slice } from '../raw-objects.ts';

function context(routes: Readonly<Record<string, Reply>>, firstLookMs = 300): ReadContext {
  return {
    client: literalCluster(routes),
    signal: new AbortController().signal,
    deadlineAt: performance.now() + firstLookMs,
  };
}

const LOG = '/api/v1/namespaces/kube-system/pods';

it('finds the pods by their labels when the Service’s selector matches none of them', async () => {
  const pods = list(pod('kube-system', 'ms-1', { labels: { 'k8s-app': 'metrics-server' } }));
  const wrong = known(
    serviceObject(service('kube-system', 'metrics-server', { 'k8s-app': 'typo' })),
    'test',
  );

  const read = await readProviderPods(context({ [LOG]: pods }), wrong, 'kube-system');

  expect(read).toMatchObject({ state: 'known', value: [{ name: 'ms-1' }] });
});

it('reads core Endpoints when there are no EndpointSlices, with the addresses that are not ready', async () => {
  const read = await readEndpoints(
    context({
      '/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices': list(),
      '/api/v1/namespaces/kube-system/endpoints/metrics-server': one({
        subsets: [
          {
            notReadyAddresses: [
              { ip: '10.42.0.20', nodeName: 'prod01', targetRef: { kind: 'Pod', name: 'ms-1' } },
            ],
            ports: [{ port: 10_250 }],
          },
        ],
      }),
    }),
    'kube-system',
    'metrics-server',
  );

  expect(read).toMatchObject({
    value: {
      from: 'Endpoints',
      addresses: [
        {
          ip: '10.42.0.20',
          ready: false,
          nodeName: 'prod01',
          podName: 'ms-1',
          ports: [{ name: null, port: 10_250 }],
        },
      ],
    },
  });
});

it('joins the slices of both address families', async () => {
  const read = await readEndpoints(
    context({
      '/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices': list(
        slice('metrics-server', [{ addresses: ['10.42.0.20'], conditions: { ready: true } }]),
        slice('metrics-server', [{ addresses: ['fd00:42::20'], conditions: { ready: true } }]),
      ),
    }),
    'kube-system',
    'metrics-server',
  );
  expect(read).toMatchObject({
    value: { addresses: [{ ip: '10.42.0.20' }, { ip: 'fd00:42::20' }] },
  });
});

it('reads the previous log too where a container restarted, and calls a hanging log missing', async () => {
  const restarted = podObject(
    pod('kube-system', 'ms-1', {
      node: 'prod01',
      status: { restartCount: 2, lastState: { terminated: { exitCode: 1 } } },
    }),
  );
  const query = 'container=main&tailLines=200&limitBytes=262144';
  const both = await readProviderLogs(
    context({
      [`${LOG}/ms-1/log`]: { status: 200, text: 'now\n' },
      [`${LOG}/ms-1/log?${query}&previous=true`]: { status: 200, text: 'before\n' },
    }),
    known([restarted], 'test'),
  );
  const hanging = await readProviderLogs(
    context({ [`${LOG}/ms-1/log`]: { hang: true } }),
    known([restarted], 'test'),
  );

  expect(both).toMatchObject({
    value: [
      { previous: false, lines: ['now'] },
      { previous: true, lines: ['before'] },
    ],
  });
  expect(hanging).toMatchObject({ state: 'missing', reason: 'timed-out' });
});

it('reads no log of a pod that never ran, nor of one that waits to start', async () => {
  const pending = podObject(pod('kube-system', 'ms-1', {}));
  const waiting = podObject(pod('kube-system', 'ms-2', { node: 'prod01' }));
  const read = await readProviderLogs(
    context({
      [`${LOG}/ms-2/log`]: { status: 400, text: 'container "main" in pod is waiting to start' },
    }),
    known([pending, waiting], 'test'),
  );
  expect(read).toMatchObject({ state: 'known', value: [] });
});

it('passes on why the pods are missing, and reads no CNI log when every agent is ready', async () => {
  const gap = missing('forbidden', 'not allowed to list pods');
  expect(await readProviderLogs(context({}), gap)).toBe(gap);
  const ready = podObject(pod('kube-system', 'canal-1', { node: 'prod01' }));
  expect(await readCniLogs(context({}, 50), known([ready], 'test'))).toMatchObject({ value: [] });
});

it('reads events of the provider’s own objects only, newest first', async () => {
  const event = (kind: string, name: string, lastTimestamp: string): unknown => ({
    reason: name,
    involvedObject: { kind, name, namespace: 'kube-system' },
    lastTimestamp,
  });
  const read = await readEvents(
    context({
      '/api/v1/namespaces/kube-system/events': list(
        event('Pod', 'ms-1', '2026-11-22T14:00:00Z'),
        event('Pod', 'other', '2026-11-22T14:03:00Z'),
        event('ReplicaSet', 'metrics-server-55', '2026-11-22T14:02:00Z'),
        event('ReplicaSet', 'coredns-77', '2026-11-22T14:02:00Z'),
        event('Deployment', 'metrics-server', '2026-11-22T14:01:00Z'),
      ),
    }),
    'kube-system',
    known([podObject(pod('kube-system', 'ms-1', { owner: 'metrics-server-55' }))], 'test'),
    known([deploymentObject(deployment('kube-system', 'metrics-server', {}))], 'test'),
  );

  expect(read.state === 'known' && read.value.map(({ name }) => name)).toEqual([
    'metrics-server-55',
    'metrics-server',
    'ms-1',
  ]);
});

it('says that events are forbidden, and not that there are none', async () => {
  const none = known([], 'test');
  const read = await readEvents(
    context({ '/api/v1/namespaces/kube-system/events': FORBIDDEN }),
    'kube-system',
    none,
    none,
  );
  expect(read).toMatchObject({
    state: 'missing',
    reason: 'forbidden',
    detail: 'not allowed to list events in kube-system',
  });
});

it('lists pods that live before those that were thrown out: logs are read of a few only', async () => {
  const failed = pod('kube-system', 'ms-evicted', { labels: { 'k8s-app': 'metrics-server' } }) as {
    status: { phase: string };
  };
  failed.status.phase = 'Failed';
  const living = pod('kube-system', 'ms-living', { labels: { 'k8s-app': 'metrics-server' } });
  const selected = known(
    serviceObject(service('kube-system', 'metrics-server', { 'k8s-app': 'metrics-server' })),
    'test',
  );

  const read = await readProviderPods(
    context({ [LOG]: list(failed, living) }),
    selected,
    'kube-system',
  );

  expect(read).toMatchObject({ value: [{ name: 'ms-living' }, { name: 'ms-evicted' }] });
});
