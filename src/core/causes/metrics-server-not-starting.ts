import { valueOr } from '../evidence/observed.ts';
import type { ContainerStatusObject, EventObject, PodObject } from '../evidence/snapshot.ts';
import type { Fix } from '../fixes/fix.ts';
import { VERIFY_METRICS_API } from '../fixes/metrics-server-values.ts';
import { providerSelector } from '../fixes/provider-names.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';
import { ailingContainers, lastEnd, someReplicaReady } from './provider-pods.ts';

/**
 * What a kubelet says of a container that it could not make or start (kubernetes `pkg/kubelet/kuberuntime`,
 * `pkg/kubelet/container/sync_result.go`), and containerd of one whose command cannot run (`StartError`).
 */
const START_REASONS = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PreCreateHookError',
  'PreStartHookError',
  'PostStartHookError',
  'StartError',
  'ContainerCannotRun',
]);
/** Events about volumes that do not come (kubernetes `pkg/kubelet/events/event.go`). */
const VOLUME_REASONS = new Set(['FailedMount', 'FailedAttachVolume']);
/** A mount is tried again within two minutes (`pkg/volume/util/nestedpendingoperations`, exponential backoff). */
const FRESH_MS = 300_000;

/** metrics-server has a node and its image, and its container cannot be made: a missing ConfigMap, Secret, volume or command. */
export const metricsServerNotStarting = defineCause({
  id: 'metrics-server-not-starting',
  title: 'The container of metrics-server cannot be started',
  needs: ['providerPods', 'takenAt'],
  wants: ['events'],
  infer({ providerPods, takenAt, events }): Judgement {
    const stuck = [
      ...containerErrors(providerPods),
      ...volumeErrors(providerPods, valueOr(events, []), takenAt),
    ];
    const [first] = stuck;
    if (first === undefined)
      return { kind: 'ruled-out', because: 'no metrics-server container fails to be made' };
    if (someReplicaReady(providerPods))
      return { kind: 'ruled-out', because: 'another replica is ready and serves' };
    return {
      kind: 'confirmed',
      headline: `metrics-server does not start: ${first.words}`,
      where: {
        nodes: [...new Set(stuck.flatMap(({ pod }) => pod.nodeName ?? []))].toSorted(),
        from: [],
        to: [],
        layer: 'api',
        direction: null,
      },
      because: stuck.map(({ claim }) => claim),
      explains: metricsApiDown(),
      fixes: [startFix(first.pod)],
    };
  },
  fromWords: spokenBy('metrics-server-not-starting', ({ facts }) => [
    startFix({ namespace: 'kube-system', name: providerSelector(facts.platform) }),
  ]),
});

interface Stuck {
  readonly pod: PodObject;
  readonly words: string;
  readonly claim: Claim;
}

function containerErrors(pods: readonly PodObject[]): readonly Stuck[] {
  return ailingContainers(pods).flatMap(({ pod, status }) => {
    // A container that runs now has overcome what its last end tells of.
    const end = status.state === 'running' ? null : lastEnd(status);
    const reason = [status.reason, end?.reason].find((each) => START_REASONS.has(each ?? ''));
    if (reason == null) return [];
    const said = (reason === status.reason ? status.message : end?.message) ?? '';
    const words = said === '' ? reason : `${reason}: ${firstLine(said)}`;
    return [
      {
        pod,
        words,
        claim: {
          text: `pod ${pod.name}, container ${status.name}: ${words}`,
          evidence: 'snapshot.providerPods',
        },
      },
    ];
  });
}

function volumeErrors(
  pods: readonly PodObject[],
  events: readonly EventObject[],
  takenAt: string,
): readonly Stuck[] {
  return pods
    .filter(
      ({ deleting, nodeName, ready, statuses }) =>
        !deleting && !ready && nodeName !== null && statuses.every(waitsForVolumes),
    )
    .flatMap((pod) => {
      const newest = events
        .filter(
          ({ kind, name, reason, lastSeen }) =>
            kind === 'Pod' &&
            name === pod.name &&
            VOLUME_REASONS.has(reason) &&
            !(Date.parse(takenAt) - Date.parse(lastSeen ?? '') > FRESH_MS),
        )
        .toSorted((a, b) => (b.lastSeen ?? '').localeCompare(a.lastSeen ?? ''))[0];
      if (newest === undefined) return [];
      const words = `${newest.reason}: ${firstLine(newest.message)}`;
      return [
        { pod, words, claim: { text: `pod ${pod.name}: ${words}`, evidence: 'snapshot.events' } },
      ];
    });
}

/** The kubelet mounts before it pulls and starts: a container that has run, or whose image is at fault, has its volumes. */
function waitsForVolumes({ state, reason, restarts, last }: ContainerStatusObject): boolean {
  return (
    state !== 'running' &&
    state !== 'terminated' &&
    restarts === 0 &&
    last === null &&
    (reason === null || reason === 'ContainerCreating' || reason === 'PodInitializing')
  );
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.trim() ?? '';
}

function startFix({ namespace, name }: Pick<PodObject, 'namespace' | 'name'>): Fix {
  return {
    title: 'Give the container what it lacks',
    where: ['cluster'],
    variants: [
      {
        tool: 'kubectl',
        commands: [
          `kubectl -n ${namespace} describe pod ${name} | tail -n 20   # names the ConfigMap, Secret, volume or command`,
          `kubectl -n ${namespace} get configmaps,secrets   # is it there, in this namespace, under this name?`,
          `kubectl -n ${namespace} rollout history deployment -l k8s-app=metrics-server   # the change that asked for it`,
        ],
      },
    ],
    risk: 'the commands only read',
    undo: ['nothing to undo'],
    verify: [
      `kubectl -n ${namespace} get pods -o wide | grep metrics-server`,
      ...VERIFY_METRICS_API,
    ],
    notes: [
      'Either make the missing object, or take the change back: `kubectl rollout undo` on its Deployment (RKE2: the HelmChartConfig rke2-metrics-server).',
    ],
  };
}
