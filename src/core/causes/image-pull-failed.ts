import { VERIFY_METRICS_API } from '../fixes/metrics-server-values.ts';
import { providerSelector } from '../fixes/provider-names.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { spokenBy } from '../words/rules/rules.ts';
import type { Claim } from './define-cause.ts';
import { defineCause } from './define-cause.ts';
import { ailingContainers, someReplicaReady } from './provider-pods.ts';

/** Waiting reasons that mean "no image" (kubernetes `pkg/kubelet/images/types.go`). */
const PULL_REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'RegistryUnavailable',
  'ImageInspectError',
]);
const SANDBOX_PULL = /failed to (?:pull|get sandbox) image/i;

/** The image of metrics-server, or the sandbox (pause) image, cannot be had on its node. */
export const imagePullFailed = defineCause({
  id: 'image-pull-failed',
  title: 'The image of metrics-server cannot be pulled',
  needs: ['providerPods'],
  wants: ['events', 'platform'],
  bears: [
    'node-added',
    'provider-image',
    'container-runtime',
    'helm-chart-config',
    'provider-node',
  ],
  infer({ providerPods, events, platform }) {
    const waiting = ailingContainers(providerPods).filter(({ status }) =>
      PULL_REASONS.has(status.reason ?? ''),
    );
    const names = new Set(
      providerPods.filter(({ deleting, ready }) => !deleting && !ready).map(({ name }) => name),
    );
    const sandbox = (events.state === 'known' ? events.value : []).filter(
      (event) =>
        event.kind === 'Pod' &&
        names.has(event.name) &&
        event.reason === 'FailedCreatePodSandBox' &&
        SANDBOX_PULL.test(event.message),
    );
    if (waiting.length === 0 && sandbox.length === 0) {
      return { kind: 'ruled-out', because: 'no metrics-server container waits for an image' };
    }
    if (someReplicaReady(providerPods))
      return { kind: 'ruled-out', because: 'another replica is ready and serves' };
    const because: readonly Claim[] = [
      ...waiting.map(({ pod, status }) => ({
        text: `pod ${pod.name}: ${status.reason ?? 'waiting'}${status.message === null ? '' : `: ${status.message}`}`,
        evidence: 'snapshot.providerPods',
      })),
      ...sandbox.slice(0, 1).map(({ name, message }) => ({
        text: `pod ${name}: ${message}`,
        evidence: 'snapshot.events',
      })),
    ];
    const pod = waiting[0]?.pod ?? providerPods.find(({ name }) => name === sandbox[0]?.name);
    const image = waiting[0] === undefined ? 'the sandbox (pause) image' : imageOf(waiting[0]);
    const node = pod?.nodeName ?? null;
    return {
      kind: 'confirmed',
      headline: `metrics-server does not start: ${image} cannot be pulled${node === null ? '' : ` on ${node}`}.`,
      where: {
        nodes: node === null ? [] : [node],
        from: [],
        to: [],
        layer: 'api',
        direction: null,
      },
      because,
      explains: metricsApiDown(),
      fixes: [
        pullFix(
          pod?.namespace ?? 'kube-system',
          pod?.name ?? 'metrics-server',
          node,
          platform.state === 'known' ? platform.value : 'unknown',
        ),
      ],
    };
  },
  fromWords: spokenBy('image-pull-failed', ({ facts }) => [
    pullFix(
      'kube-system',
      providerSelector(facts.platform),
      null,
      facts.platform.state === 'known' ? facts.platform.value : 'unknown',
    ),
  ]),
});

function imageOf({
  pod,
  status,
}: {
  pod: { containers: readonly { name: string; image: string }[] };
  status: { name: string };
}): string {
  return pod.containers.find(({ name }) => name === status.name)?.image ?? 'its image';
}

function pullFix(namespace: string, pod: string, node: string | null, platform: string) {
  const rancher = platform === 'rke2' || platform === 'k3s';
  return {
    title: 'Make the image available to the node',
    where: [node ?? 'cluster'],
    variants: [
      {
        tool: 'kubectl',
        commands: [
          `kubectl -n ${namespace} describe pod ${pod} | tail -n 15   # the registry's own words: not found, unauthorized, timeout, x509`,
          `kubectl -n ${namespace} delete pod ${pod}   # tries again at once when the image can be had`,
        ],
      },
      ...(rancher
        ? [
            {
              tool: `${platform} registry mirror`,
              commands: [
                `# /etc/rancher/${platform}/registries.yaml on the node: mirrors and credentials; or --system-default-registry; air gap: put the image archive into`,
                `ls /var/lib/rancher/${platform}/agent/images/`,
                `systemctl restart ${platform === 'rke2' ? 'rke2-server   # rke2-agent on a worker' : 'k3s   # k3s-agent on a worker'}`,
              ],
            },
          ]
        : []),
    ],
    risk: 'deleting the pod only starts it again',
    undo: [
      `nothing to undo; a changed registry setting: put back the old file${rancher ? ` (/etc/rancher/${platform}/registries.yaml)` : ''}`,
    ],
    verify: [`kubectl -n ${namespace} get pods | grep metrics-server`, ...VERIFY_METRICS_API],
    notes: rancher
      ? [
          'Private registries and air gap: docs.rke2.io/install/private_registry, docs.rke2.io/install/airgap.',
        ]
      : [],
  };
}
