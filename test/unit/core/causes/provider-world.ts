import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known } from '../../../../src/core/evidence/observed.ts';
import type {
  ContainerStatusObject,
  EventObject,
  PodObject,
} from '../../../../src/core/evidence/snapshot.ts';
import { evidence, withApiServer, withSnapshot } from '../../../support/evidence-builder.ts';

/** The one metrics-server pod, changed; the API servers answer as they do when no endpoint is ready. */
export function withProviderPod(
  fields: Partial<PodObject>,
  status: Partial<ContainerStatusObject> = {},
): Evidence {
  const base = evidence();
  const pods = base.snapshot.providerPods;
  if (pods.state === 'missing') throw new Error('the builder has provider pods');
  const changed = pods.value.map(
    (pod): PodObject => ({
      ...pod,
      ready: false,
      statuses: pod.statuses.map((one) => ({ ...one, ready: false, ...status })),
      ...fields,
    }),
  );
  return allServersSay(
    withSnapshot(base, { providerPods: known(changed, pods.source) }),
    503,
    'service unavailable\n',
  );
}

/** Every API server gives the same error. */
export function allServersSay(start: Evidence, status: number, body: string): Evidence {
  return ['prod01', 'prod02', 'prod03'].reduce(
    (e, name) =>
      withApiServer(e, name, { outcome: 'http-error', status, body, nodes: [], ms: 9 }, 1),
    start,
  );
}

/** Lines in metrics-server's present log (or the previous one). */
export function withLog(e: Evidence, lines: readonly string[], previous = false): Evidence {
  const pods = e.snapshot.providerPods;
  const pod = pods.state === 'known' ? pods.value[0] : undefined;
  return withSnapshot(e, {
    providerLogs: known(
      [
        {
          namespace: 'kube-system',
          pod: pod?.name ?? '',
          container: 'metrics-server',
          previous,
          lines,
        },
      ],
      'GET pods/log',
    ),
  });
}

/** The APIService says Available=False with this message, at every look. */
export function withCondition(
  e: Evidence,
  message: string,
  reason = 'FailedDiscoveryCheck',
): Evidence {
  const { apiService } = e.snapshot;
  if (apiService.state === 'missing' || apiService.value === null)
    throw new Error('the builder has an APIService');
  const lastTransitionTime = '2026-11-22T14:02:00Z';
  return withSnapshot(e, {
    apiService: known(
      {
        ...apiService.value,
        available: { type: 'Available', status: 'False', reason, message, lastTransitionTime },
      },
      apiService.source,
    ),
    apiServiceLooks: known(
      [
        {
          at: e.snapshot.takenAt,
          resourceVersion: '4711',
          status: 'False',
          reason,
          message,
          lastTransitionTime,
        },
      ],
      'GET',
    ),
  });
}

/** Events about its first provider pod; a readiness probe that was answered with 403, where nothing else is said. */
export function withEvents(e: Evidence, events: readonly Partial<EventObject>[]): Evidence {
  const { providerPods } = e.snapshot;
  const name = providerPods.state === 'known' ? (providerPods.value[0]?.name ?? '') : '';
  return withSnapshot(e, {
    events: known(
      events.map((event) => ({
        type: 'Warning',
        reason: 'Unhealthy',
        message: 'Readiness probe failed: HTTP probe failed with statuscode: 403',
        kind: 'Pod',
        namespace: 'kube-system',
        name,
        count: 7,
        lastSeen: '2026-11-22T14:02:00Z',
        ...event,
      })),
      'GET events',
    ),
  });
}
